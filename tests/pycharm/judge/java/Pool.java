import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetbrains.jps.service.SharedThreadPool;

/** The model loads modules in parallel; the threads must not keep the process alive. */
public final class Pool extends SharedThreadPool {
  private final ExecutorService threads = Executors.newFixedThreadPool(2, work -> {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    return thread;
  });

  @Override public Future<?> executeOnPooledThread(Runnable work) { return threads.submit(work); }
  @Override public void execute(Runnable work) { threads.execute(work); }
}
