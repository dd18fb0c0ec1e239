using Coinsphere.Messaging.Worker.Serving;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

public sealed class ComputingThreadsTests : IDisposable
{
    private readonly ComputingThreads _threads = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _threads.Dispose();

    [Fact]
    public async Task Computations_RunOnNoThreadOfThePoolAlsoAfterAnAwait()
    {
        var (before, after) = await _threads.RunAsync(async () =>
        {
            var first = Thread.CurrentThread.IsThreadPoolThread;
            await Task.Yield();
            return (first, Thread.CurrentThread.IsThreadPoolThread);
        });
        Assert.Equal((false, false), (before, after));
    }

    [Fact]
    public async Task MoreComputationsThanCores_TakeTurns()
    {
        using var all = new CountdownEvent(Environment.ProcessorCount);
        using var go = new ManualResetEventSlim();
        var running = 0;
        var tasks = Enumerable.Range(0, 3 * Environment.ProcessorCount).Select(_ => _threads.RunAsync(() =>
        {
            var now = Interlocked.Increment(ref running);
            if (!all.IsSet)
            {
                all.Signal();
            }

            go.Wait(Cancel);
            Interlocked.Decrement(ref running);
            return Task.FromResult(now);
        })).ToArray();
        Assert.True(all.Wait(TimeSpan.FromSeconds(30), Cancel));
        // The pool, which answers from the cache, is free meanwhile.
        Assert.Equal(1, await Task.Run(() => 1, Cancel));
        go.Set();
        Assert.All(await Task.WhenAll(tasks), now => Assert.InRange(now, 1, Environment.ProcessorCount));
    }

    [Fact]
    public async Task Fault_IsTheCallers() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _threads.RunAsync<int>(() => throw new InvalidOperationException("no number")));

    [Fact]
    public async Task ComputationThatGoesOnWhenTheProcessEnds_IsFinished()
    {
        var waits = new TaskCompletionSource();
        var computing = _threads.RunAsync(async () =>
        {
            await waits.Task;
            return 1;
        });
        _threads.Dispose();
        waits.SetResult();
        Assert.Equal(1, await computing.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
    }
}
