using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// The threads that compute answers: one a core, behind all others of the process. On the pool's threads, sixteen long computations at the same time would
/// hold up everything else of the process: messages, and in one with a gateway the answers from the cache.
/// </summary>
internal sealed partial class ComputingThreads : TaskScheduler, IDisposable
{
    // A thread of this niceness gets a tenth of a core that another one wants, and all of one that is idle.
    private const int Niceness = 10;
    private const int OneThread = 0;

    private readonly BlockingCollection<Task> _tasks = [];

    public ComputingThreads()
    {
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            new Thread(Run) { IsBackground = true, Name = "computing", Priority = ThreadPriority.BelowNormal }.Start();
        }
    }

    public override int MaximumConcurrencyLevel => Environment.ProcessorCount;

    /// <summary>Runs a computation, and everything after its awaits, on these threads.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> compute) =>
        Task.Factory.StartNew(compute, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Ends the threads when what is queued is done.</summary>
    public void Dispose() => _tasks.CompleteAdding();

    protected override void QueueTask(Task task)
    {
        if (!_tasks.IsAddingCompleted)
        {
            _tasks.Add(task);
        }
        else
        {
            // The process ends. What still runs may finish.
            ThreadPool.UnsafeQueueUserWorkItem(_ => TryExecuteTask(task), null);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Thread.CurrentThread.Name == "computing" && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks.ToArray();

    private void Run()
    {
        // Linux has a priority for each thread, but the runtime does not set it.
        if (OperatingSystem.IsLinux())
        {
            _ = SetNiceness(OneThread, 0, Niceness);
        }

        foreach (var task in _tasks.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetNiceness(int which, int thread, int niceness);
}
