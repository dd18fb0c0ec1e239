using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// One computation for all who ask the same at the same time. Each waits until its own deadline; the computation goes on while anybody
/// waits. Its result, a refusal or a fault too, is shared with those who wait and not remembered. Those who wait hold slots of their
/// endpoint, so that a slow computation may have only so many before newcomers are refused: other questions need slots too.
/// </summary>
internal sealed class SingleFlight(TimeProvider time)
{
    /// <summary>A computation that has not ended within this time is slow.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(500);

    /// <summary>How many may wait for a slow one.</summary>
    public static readonly int MaxWaiting = Interactive.Slots / 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Question, CacheVersion Version), Computation> _running = [];

    /// <summary>The result, and whether this caller is the first to have it.</summary>
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
                    $"{MaxWaiting} requests wait already for an answer that takes long; try again shortly"), false);
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
                // It gave up for those who had less time, just before this caller came.
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

    /// <summary>The computation, where it takes one more to wait for it.</summary>
    private Computation<T>? Join<T>(
        (string, CacheVersion) key,
        Deadline deadline,
        Func<SharedDeadline, CancellationToken, Task<Result<T>>> compute) where T : class
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
            computation.Result = Task.Run(async () =>
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

        // Never linked and without a timer, so nothing is left to dispose of.
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
