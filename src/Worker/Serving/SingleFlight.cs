using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// Runs one computation for all callers that ask the same at the same time. Each caller waits until its own deadline; the computation goes on while
/// any caller waits. All waiting callers get its result, refusal or fault, which is not cached. A waiting caller occupies a slot of its endpoint. So
/// a slow computation may have only a limited number of callers, and later ones are refused: other questions need slots too.
/// </summary>
internal sealed class SingleFlight(ComputingThreads threads, TimeProvider time)
{
    /// <summary>A computation that takes longer is slow.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(500);

    /// <summary>The most callers that may wait for a slow computation.</summary>
    public static readonly int MaxWaiting = Interactive.Slots / 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Question, CacheVersion Version), Computation> _running = [];

    /// <summary>The result, and whether this caller is the first to get it.</summary>
    public async Task<(Result<T> Result, bool IsFirst)> AskAsync<T>(
        string question, CacheVersion version, Deadline deadline, Func<SharedDeadline, CancellationToken, Task<Result<T>>> compute,
        CancellationToken cancellationToken)
        where T : class
    {
        while (!deadline.HasPassed(time))
        {
            if (Join((question, version), deadline, compute) is not { } computation)
            {
                return (new RequestRefused(
                    RefusalReason.Overloaded,
                    $"{MaxWaiting} requests already wait for this slow answer; try again shortly"), false);
            }

            try
            {
                await ((Task)computation.Result).WaitAsync(deadline.Remaining(time), time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!computation.Result.IsCompleted)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    break;
                }

                var result = await computation.Result;
                // The computation stopped at the earlier callers' deadline, just before this caller joined.
                if (result.Refusal is { Reason: RefusalReason.DeadlineExceeded })
                {
                    continue;
                }

                return (result, computation.IsFirstToHaveIt());
            }
            finally
            {
                Leave(computation);
            }
        }

        return (Deadline.Exceeded, false);
    }

    /// <summary>Joins the computation; null where no more callers may wait for it.</summary>
    private Computation<T>? Join<T>((string, CacheVersion) key, Deadline deadline, Func<SharedDeadline, CancellationToken, Task<Result<T>>> compute)
        where T : class
    {
        lock (_lock)
        {
            if (_running.TryGetValue(key, out var running))
            {
                if (running.Waiting >= MaxWaiting && time.GetElapsedTime(running.Started) > Slow)
                {
                    return null;
                }

                Meters.Coalesced();
                running.Deadline.Extend(deadline);
                running.Waiting++;
                return (Computation<T>)running;
            }

            var computation = new Computation<T>(new SharedDeadline(deadline), time.GetTimestamp()) { Waiting = 1 };
            _running.Add(key, computation);
            computation.Result = threads.RunAsync(async () =>
            {
                try
                {
                    return await compute(computation.Deadline, computation.Abandoned.Token);
                }
                finally
                {
                    Remove(key, computation);
                }
            });
            computation.Remove = () => Remove(key, computation);
            return computation;
        }
    }

    private void Leave(Computation computation)
    {
        lock (_lock)
        {
            if (--computation.Waiting > 0)
            {
                return;
            }

            computation.Remove();
        }

        computation.Abandoned.Cancel();
    }

    private void Remove((string, CacheVersion) key, Computation computation)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(key, out var running) && running == computation)
            {
                _running.Remove(key);
            }
        }
    }

    private abstract class Computation(SharedDeadline deadline, long started)
    {
        private int _taken;

        public long Started => started;

        public SharedDeadline Deadline => deadline;

        // Not linked and without a timer, so there is nothing to dispose.
        public CancellationTokenSource Abandoned { get; } = new();

        public int Waiting { get; set; }

        public Action Remove { get; set; } = () => { };

        public bool IsFirstToHaveIt() => Interlocked.Exchange(ref _taken, 1) == 0;
    }

    private sealed class Computation<T>(SharedDeadline deadline, long started) : Computation(deadline, started) where T : class
    {
        public Task<Result<T>> Result { get; set; } = null!;
    }
}
