import com.intellij.util.execution.ParametersListUtil;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.Map;

/**
 * Answers questions, one a line: a command and its arguments, each in Base64, with blanks between. The answer is
 * one line of JSON; what went wrong comes as {"error": ...}.
 *
 *   load PROJECT [OPTIONS]   what IntelliJ's project model makes of a project, and of the interpreters in OPTIONS
 *   split TEXT               the words of PARAMETERS
 */
public final class Judge {
  public static void main(String[] arguments) throws Exception {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);  // what the model itself prints is no answer
    for (String line; (line = questions.readLine()) != null; ) {
      answers.println(Json.of(answer(line.split(" ", -1))));
    }
  }

  private static Object answer(String[] question) {
    try {
      String first = decoded(question[1]);
      switch (question[0]) {
        case "load":
          return ProjectModel.load(first, question.length > 2 ? decoded(question[2]) : null);
        case "split":
          return ParametersListUtil.parse(first);
        default:
          throw new IllegalArgumentException(question[0]);
      }
    } catch (Throwable problem) {
      return Collections.singletonMap("error", problem.toString());
    }
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  /** As much of JSON as the answers need. */
  private static final class Json {
    static String of(Object value) {
      if (value == null || value instanceof Boolean) return String.valueOf(value);
      StringBuilder text = new StringBuilder();
      String separator = "";
      if (value instanceof Map) {
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          text.append(separator).append(quoted(entry.getKey().toString())).append(':').append(of(entry.getValue()));
          separator = ",";
        }
        return "{" + text + "}";
      }
      if (value instanceof Iterable) {
        for (Object one : (Iterable<?>) value) {
          text.append(separator).append(of(one));
          separator = ",";
        }
        return "[" + text + "]";
      }
      return quoted(value.toString());
    }

    /** ASCII alone: no terminal, and no line separator of Unicode, can come between. */
    private static String quoted(String text) {
      StringBuilder quoted = new StringBuilder("\"");
      for (char one : text.toCharArray()) {
        if (one == '"' || one == '\\') quoted.append('\\').append(one);
        else if (one < ' ' || one > '~') quoted.append(String.format("\\u%04x", (int) one));
        else quoted.append(one);
      }
      return quoted.append('"').toString();
    }
  }
}
