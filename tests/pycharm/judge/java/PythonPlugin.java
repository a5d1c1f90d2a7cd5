import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdom.Element;
import org.jetbrains.jps.model.JpsDummyElement;
import org.jetbrains.jps.model.JpsElementFactory;
import org.jetbrains.jps.model.JpsElementTypeWithDefaultProperties;
import org.jetbrains.jps.model.ex.JpsElementTypeBase;
import org.jetbrains.jps.model.library.sdk.JpsSdkType;
import org.jetbrains.jps.model.module.JpsModuleType;
import org.jetbrains.jps.model.runConfiguration.JpsRunConfigurationType;
import org.jetbrains.jps.model.serialization.JpsModelSerializerExtension;
import org.jetbrains.jps.model.serialization.library.JpsSdkPropertiesSerializer;
import org.jetbrains.jps.model.serialization.module.JpsModulePropertiesSerializer;
import org.jetbrains.jps.model.serialization.runConfigurations.JpsRunConfigurationPropertiesSerializer;

/** Tells the project model what the Python plugin tells it: its types of modules, interpreters, run configurations. */
public final class PythonPlugin extends JpsModelSerializerExtension {
  static final ModuleType MODULE = new ModuleType();
  static final SdkType SDK = new SdkType();
  private static final String[] RUNS = {"PythonConfigurationType", "tests", "CompoundRunConfigurationType"};

  private abstract static class Type extends JpsElementTypeBase<JpsDummyElement>
      implements JpsElementTypeWithDefaultProperties<JpsDummyElement> {
    @Override public JpsDummyElement createDefaultProperties() { return nothing(); }
  }

  private static final class ModuleType extends Type implements JpsModuleType<JpsDummyElement> {}

  private static final class SdkType extends JpsSdkType<JpsDummyElement>
      implements JpsElementTypeWithDefaultProperties<JpsDummyElement> {
    @Override public JpsDummyElement createDefaultProperties() { return nothing(); }
  }

  private static final class RunType extends Type implements JpsRunConfigurationType<JpsDummyElement> {}

  private static JpsDummyElement nothing() {
    return JpsElementFactory.getInstance().createDummyElement();
  }

  @Override public List<? extends JpsModulePropertiesSerializer<?>> getModulePropertiesSerializers() {
    return Collections.singletonList(new JpsModulePropertiesSerializer<JpsDummyElement>(MODULE, "PYTHON_MODULE", null) {
      @Override public JpsDummyElement loadProperties(Element component) { return nothing(); }
      @Override public void saveProperties(JpsDummyElement properties, Element component) {}
    });
  }

  @Override public List<? extends JpsSdkPropertiesSerializer<?>> getSdkPropertiesSerializers() {
    return Collections.singletonList(new JpsSdkPropertiesSerializer<JpsDummyElement>("Python SDK", SDK) {
      @Override public JpsDummyElement loadProperties(Element additional) { return nothing(); }
      @Override public void saveProperties(JpsDummyElement properties, Element additional) {}
    });
  }

  @Override public List<? extends JpsRunConfigurationPropertiesSerializer<?>> getRunConfigurationPropertiesSerializers() {
    List<JpsRunConfigurationPropertiesSerializer<JpsDummyElement>> all = new ArrayList<>();
    for (String type : RUNS) {
      all.add(new JpsRunConfigurationPropertiesSerializer<JpsDummyElement>(new RunType(), type) {
        @Override public JpsDummyElement loadProperties(Element configuration) { return nothing(); }
        @Override public void saveProperties(JpsDummyElement properties, Element configuration) {}
      });
    }
    return all;
  }
}
