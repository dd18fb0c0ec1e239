using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Serving;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

public sealed class SingleFlightTests : IDisposable
{
    private static readonly Deadline Late = Deadline.After(TimeSpan.FromMinutes(1), TimeProvider.System);

    private readonly Clock _clock = new();
    private readonly ComputingThreads _threads = new();
    private readonly SingleFlight _flights;
    private readonly TaskCompletionSource<Result<string>> _computing = new();
    private CancellationToken _stop;
    private int _computations;

    public SingleFlightTests() => _flights = new SingleFlight(_threads, _clock);

    public void Dispose() => _threads.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SameQuestionAtTheSameTime_IsComputedOnceAndOneCallerIsFirst()
    {
        var asked = Enumerable.Range(0, 100).Select(_ => AskAsync(Late)).ToArray();
        _computing.SetResult("answer");
        var outcomes = await Task.WhenAll(asked);
        Assert.All(outcomes, result => Assert.Equal("answer", result.Outcome.Answer));
        Assert.Single(outcomes, result => result.IsFirst);
        Assert.Equal(1, _computations);
    }

    [Fact]
    public async Task OtherVersionOrQuestion_IsComputedByItself()
    {
        _computing.SetResult("answer");
        await Task.WhenAll(AskAsync(Late), AskAsync(Late, version: "2"), AskAsync(Late, question: "b"));
        Assert.Equal(3, _computations);
    }

    [Fact]
    public async Task Answer_IsNotReused()
    {
        _computing.SetResult("answer");
        await AskAsync(Late);
        await AskAsync(Late);
        Assert.Equal(2, _computations);
    }

    [Fact]
    public async Task Fault_ReachesAllWhoWait_AndIsNotReused()
    {
        var asked = Enumerable.Range(0, 3).Select(_ => AskAsync(Late)).ToArray();
        _computing.SetException(new InvalidOperationException("broken"));
        foreach (var one in asked)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => one);
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(Late));
        Assert.Equal(2, _computations);
    }

    [Fact]
    public async Task Refusal_ReachesAllWhoWait()
    {
        var asked = Enumerable.Range(0, 3).Select(_ => AskAsync(Late)).ToArray();
        _computing.SetResult(new RequestRefused(RefusalReason.NoPrices, "none"));
        foreach (var (result, _) in await Task.WhenAll(asked))
        {
            Assert.Equal(RefusalReason.NoPrices, result.Refusal?.Reason);
        }
    }

    [Fact]
    public async Task EarlyDeadline_EndsItsCallerOnly()
    {
        var early = AskAsync(Deadline.After(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        var late = AskAsync(Late);
        var (refused, _) = await early;
        Assert.Equal(RefusalReason.DeadlineExceeded, refused.Refusal?.Reason);
        Assert.False(_stop.IsCancellationRequested);
        _computing.SetResult("answer");
        Assert.Equal(("answer", true), ((await late).Outcome.Answer, (await late).IsFirst));
    }

    [Fact]
    public async Task CallerWithMoreTime_AsksAgainWhenThoseBeforeItRanOutOfIt()
    {
        _computing.SetResult(Deadline.Exceeded);
        var (result, _) = await _flights.AskAsync("a", new CacheVersion("1", IsShared: true), Late, (_, _) => Task.FromResult<Result<string>>(
            Interlocked.Increment(ref _computations) == 1 ? Deadline.Exceeded : "answer"), Cancelled);
        Assert.Equal(("answer", 2), (result.Answer, _computations));
    }

    [Fact]
    public async Task PassedDeadline_ComputesNothing()
    {
        var (result, _) = await AskAsync(Deadline.After(TimeSpan.FromSeconds(-1), TimeProvider.System));
        Assert.Equal((RefusalReason.DeadlineExceeded, 0), (result.Refusal?.Reason, _computations));
    }

    [Fact]
    public async Task LaterDeadline_ExtendsTheComputations()
    {
        var shared = new SharedDeadline(Deadline.After(TimeSpan.FromSeconds(-1), TimeProvider.System));
        Assert.True(shared.HasPassed(TimeProvider.System));
        shared.Extend(Late);
        Assert.False(shared.HasPassed(TimeProvider.System));
        shared.Extend(Deadline.None);
        shared.Extend(Late);
        Assert.Null(shared.Latest.At);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task ComputationThatNobodyWaitsFor_IsCancelled()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var asked = Enumerable.Range(0, 3).Select(_ => AskAsync(Late, cancellationToken: gone.Token)).ToArray();
        await Computing();
        Assert.False(_stop.IsCancellationRequested);
        await gone.CancelAsync();
        foreach (var one in asked)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        Assert.True(_stop.IsCancellationRequested);

        _computing.SetResult("answer");
        Assert.Equal("answer", (await AskAsync(Late)).Outcome.Answer);
        Assert.Equal(2, _computations);
    }

    [Fact]
    public async Task SlowComputationThatManyWaitFor_TakesNoMoreAndOthersGoOn()
    {
        var asked = Enumerable.Range(0, SingleFlight.MaxWaiting).Select(_ => AskAsync(Late)).ToArray();
        _clock.Advance(SingleFlight.Slow + TimeSpan.FromMilliseconds(1));
        Assert.Equal(RefusalReason.Overloaded, (await AskAsync(Late)).Outcome.Refusal?.Reason);
        var other = AskAsync(Late, question: "b");

        _computing.SetResult("answer");
        Assert.All(await Task.WhenAll(asked), result => Assert.Equal("answer", result.Outcome.Answer));
        Assert.Equal("answer", (await other).Outcome.Answer);
        Assert.Equal("answer", (await AskAsync(Late)).Outcome.Answer);
    }

    private readonly TaskCompletionSource _begun = new();

    private Task Computing() => _begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);

    private Task<(Result<string> Outcome, bool IsFirst)> AskAsync(
        Deadline deadline, string question = "a", string version = "1", CancellationToken? cancellationToken = null) =>
        _flights.AskAsync(question, new CacheVersion(version, IsShared: true), deadline, async (_, stop) =>
        {
            Interlocked.Increment(ref _computations);
            _stop = stop;
            _begun.TrySetResult();
            return await _computing.Task;
        }, cancellationToken ?? Cancelled);

    private sealed class Clock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Advance(TimeSpan by) => _ahead += by;

        public override long GetTimestamp() => base.GetTimestamp() + (long)(_ahead.TotalSeconds * TimestampFrequency);
    }
}
