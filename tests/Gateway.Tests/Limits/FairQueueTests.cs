using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Limits;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

public class FairQueueTests
{
    private const int Places = 4;

    private static readonly Caller Greedy = new("greedy", null, IsLoopback: false);
    private static readonly Caller Polite = new("polite", null, IsLoopback: false);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FairQueue _queue;
    private readonly List<(Caller Caller, Task<FairQueue.Place?> Entered)> _asked = [];

    public FairQueueTests() => _queue = new FairQueue(() => Places * Costs.Computation, _time);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void RequestWithinTheWindow_GoesAtOnce()
    {
        AskMany(Greedy, Places);
        Assert.All(_asked, asked => Assert.True(asked.Entered.IsCompletedSuccessfully));
        Assert.False(Ask(Greedy).IsCompleted);
    }

    [Fact]
    public async Task PoliteCallersRequest_IsNextBehindAThousandOfAGreedyOne()
    {
        AskMany(Greedy, 1_000);
        var polite = Ask(Polite);
        Assert.False(polite.IsCompleted);
        await AnswerFirstAsync();
        // One of the greedy caller's was first in line when both had had nothing.
        await AnswerFirstAsync();
        Assert.NotNull(await polite.WaitAsync(Cancelled));
    }

    [Fact]
    public async Task CallersWhoseRequestsCostMore_HaveFewerOfThem()
    {
        AskMany(Greedy, Places);
        var dear = Enumerable.Range(0, 50).Select(_ => Ask(Greedy, Costs.Ensemble)).ToArray();
        var cheap = Enumerable.Range(0, 50).Select(_ => Ask(Polite, Costs.Computation)).ToArray();
        for (var i = 0; i < 30 + Places; i++)
        {
            await AnswerFirstAsync();
        }

        var (done, other) = (dear.Count(asked => asked.IsCompleted), cheap.Count(asked => asked.IsCompleted));
        Assert.InRange(other, (2 * done) - 2, (2 * done) + 2);
    }

    [Fact]
    public async Task WorkerThatHangs_GivesItsPlacesBack()
    {
        AskMany(Greedy, 3 * Places);
        Assert.Equal(Places, Entered());
        for (var expected = 2; expected <= 3; expected++)
        {
            _time.Advance(FairQueue.Silence - TimeSpan.FromMilliseconds(50));
            Assert.Equal((expected - 1) * Places, Entered());
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Until.True(() => Entered() == expected * Places);
        }

        // Late replies give nothing back a second time.
        foreach (var (_, entered) in _asked)
        {
            _queue.Leave((await entered)!);
        }

        AskMany(Greedy, Places + 1);
        Assert.False(_asked[^1].Entered.IsCompleted);
    }

    [Fact]
    public async Task RequestWhoseTimeIsOver_LeavesTheLine()
    {
        AskMany(Greedy, Places);
        var late = _queue.EnterAsync(Polite, Costs.Computation, TimeSpan.FromMilliseconds(60), Cancelled).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Null(await late.WaitAsync(Cancelled));
        Assert.Equal(0, _queue.Waiting);
    }

    [Fact]
    public async Task RequestWhoseCallerHangsUp_LeavesTheLine()
    {
        AskMany(Greedy, Places);
        using var gone = new CancellationTokenSource();
        var asked = _queue.EnterAsync(Polite, Costs.Computation, Minute, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal(0, _queue.Waiting);
    }

    [Fact]
    public void WorkBeyondTheWindow_GoesAlone()
    {
        Assert.True(Ask(Greedy, Costs.BacktestYear).IsCompleted);
        Assert.False(Ask(Polite, Costs.Computation).IsCompleted);
    }

    [Fact]
    public void WhateverIsAskedAndAnswered_AllGoInTheEnd() => Prop.ForAll<byte[]>(costs =>
    {
        var asked = costs.Select((cost, i) => Ask(new Caller($"{i % 3}", null, IsLoopback: false), 1 + cost)).ToArray();
        for (var i = 0; i < asked.Length; i++)
        {
            AnswerFirstAsync().GetAwaiter().GetResult();
        }

        return Array.TrueForAll(asked, entered => entered.IsCompleted) && _queue.Waiting == 0;
    }).QuickCheckThrowOnFailure();

    private Task<FairQueue.Place?> Ask(Caller caller, int cost = Costs.Computation)
    {
        var entered = _queue.EnterAsync(caller, cost, Minute, Cancelled).AsTask();
        _asked.Add((caller, entered));
        return entered;
    }

    private void AskMany(Caller caller, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Ask(caller);
        }
    }

    private int Entered() => _asked.Count(asked => asked.Entered.IsCompleted);

    private async Task AnswerFirstAsync()
    {
        await Until.True(() => _asked.Exists(asked => asked.Entered.IsCompleted));
        var first = _asked.Find(asked => asked.Entered.IsCompleted);
        _asked.Remove(first);
        _queue.Leave((await first.Entered)!);
    }
}
