import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.jps.model.JpsModel;
import org.jetbrains.jps.model.library.sdk.JpsSdk;
import org.jetbrains.jps.model.library.JpsLibrary;
import org.jetbrains.jps.model.module.JpsDependencyElement;
import org.jetbrains.jps.model.module.JpsModule;
import org.jetbrains.jps.model.module.JpsModuleDependency;
import org.jetbrains.jps.model.module.JpsModuleSourceRoot;
import org.jetbrains.jps.model.module.JpsSdkDependency;
import org.jetbrains.jps.model.runConfiguration.JpsRunConfiguration;
import org.jetbrains.jps.model.serialization.JpsSerializationManager;

/** A project as IntelliJ's own model understands it. */
final class ProjectModel {
  static Map<String, Object> load(String project, String options) throws Exception {
    JpsModel model = JpsSerializationManager.getInstance().loadModel(project, options);
    Map<String, Object> found = new LinkedHashMap<>();
    List<Object> modules = new ArrayList<>(), runs = new ArrayList<>();
    for (JpsModule module : model.getProject().getModules()) modules.add(module(module));
    for (JpsRunConfiguration run : model.getProject().getRunConfigurations()) runs.add(run.getName());
    found.put("modules", modules);
    found.put("runs", runs);
    return found;
  }

  private static Map<String, Object> module(JpsModule module) {
    List<String> sources = new ArrayList<>(), tests = new ArrayList<>(), dependencies = new ArrayList<>();
    for (JpsModuleSourceRoot root : module.getSourceRoots())
      (root.getRootType().isForTests() ? tests : sources).add(root.getUrl());
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("name", module.getName());
    found.put("python", module.getModuleType() == PythonPlugin.MODULE);
    found.put("content", module.getContentRootsList().getUrls());
    found.put("sources", sources);
    found.put("tests", tests);
    found.put("excluded", module.getExcludeRootsList().getUrls());
    found.put("sdk", null);
    found.put("home", null);
    for (JpsDependencyElement one : module.getDependenciesList().getDependencies()) {
      if (one instanceof JpsSdkDependency) interpreter((JpsSdkDependency) one, found);
      if (one instanceof JpsModuleDependency) {
        JpsModule other = ((JpsModuleDependency) one).getModule();
        dependencies.add(other == null ? null : other.getName());
      }
    }
    found.put("dependencies", dependencies);
    return found;
  }

  private static void interpreter(JpsSdkDependency dependency, Map<String, Object> found) {
    if (dependency.getSdkType() != PythonPlugin.SDK) return;  // every module has a slot for Java's, too
    if (dependency.getSdkReference() != null) found.put("sdk", dependency.getSdkReference().getSdkName());
    JpsLibrary sdk = dependency.resolveSdk();
    if (sdk != null) found.put("home", ((JpsSdk<?>) sdk.getProperties()).getHomePath());
  }
}
