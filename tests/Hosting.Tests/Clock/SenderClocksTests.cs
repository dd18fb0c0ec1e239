using Coinsphere.Messaging.Hosting.Clock;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Hosting.Tests.Clock;

public sealed class SenderClocksTests : IDisposable
{
    private static readonly Sender Gateway = new(Sender.Gateway, "a", 1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(6);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));
    private readonly Conditions _conditions;
    private readonly ClusterClock _cluster;
    private readonly SenderClocks _clocks;

    public SenderClocksTests()
    {
        _conditions = new Conditions(_time, NullLogger<Conditions>.Instance);
        _cluster = new ClusterClock(_time);
        _clocks = new SenderClocks(_time, _conditions, _cluster);
    }

    public void Dispose()
    {
        _clocks.Dispose();
        _conditions.Dispose();
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-20)]
    [InlineData(0)]
    public void TimeUnderWay_IsWhatItIs_WhateverTheSendersClock(int ahead)
    {
        Assert.Equal(TimeSpan.Zero, Send(Gateway, ahead, waited: 0));

        Assert.Equal(TimeSpan.FromSeconds(4), Send(Gateway, ahead, waited: 4));
        Assert.Equal(TimeSpan.Zero, Send(Gateway, ahead, waited: 0));
    }

    [Theory]
    [InlineData(6, "behind")]
    [InlineData(-20, "ahead of")]
    public void Difference_IsNotedAndFollowedAndOver(int ahead, string side)
    {
        SendFor(Gateway, ahead, seconds: 8);

        Assert.Contains($"the clock of gateway a/1 is {Math.Abs(ahead)}.0 s {side} the one of", Assert.Single(_conditions.Notes), StringComparison.Ordinal);
        Assert.Equal(_time.GetUtcNow().AddSeconds(-ahead), _cluster.GetUtcNow());

        // Its clock is set right. Where that makes it say later times, it shows at once, else when what was known is too old.
        SendFor(Gateway, 0, seconds: 660);
        Assert.Empty(_conditions.Notes);
        Assert.Equal(_time.GetUtcNow(), _cluster.GetUtcNow());
    }

    [Fact]
    public void DifferenceBelowASecond_IsNothing()
    {
        SendFor(Gateway, 0.9, seconds: 8);
        Assert.Empty(_conditions.Notes);
        Assert.Equal(_time.GetUtcNow(), _cluster.GetUtcNow());
    }

    // A backlog makes the first messages look like another clock.
    [Fact]
    public void MessageThatWaited_IsNotADifference()
    {
        Send(Gateway, 0, waited: 3);
        Send(Gateway, 0, waited: 0);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_conditions.Notes);
    }

    [Fact]
    public void SendersClockThatIsSetBack_IsLearntAnewAtOnce()
    {
        SendFor(Gateway, 0, seconds: 5);
        Assert.Equal(TimeSpan.Zero, Send(Gateway, 30, waited: 0));
        Assert.Equal(TimeSpan.FromSeconds(2), Send(Gateway, 30, waited: 2));
    }

    [Fact]
    public void OwnClockThatIsSet_ChangesNoTimeUnderWay()
    {
        var time = new ClockWithoutTimers(_time);
        using var clocks = new SenderClocks(time, _conditions);
        Assert.Equal(TimeSpan.Zero, clocks.Age(Gateway, _time.GetUtcNow(), Lifetime));
        time.SetBy = TimeSpan.FromSeconds(5.5);
        Assert.Equal(TimeSpan.FromSeconds(1), clocks.Age(Gateway, _time.GetUtcNow().AddSeconds(-1), Lifetime));
    }

    // What came while the process was stopped waited in it: the broker could not drop it.
    [Theory]
    [InlineData(20, 6)]
    [InlineData(1.8, 1.7)]
    public void ProcessThatStoodStill_FindsWhatWaitedMeanwhile(double stoodStill, double lifetime)
    {
        var time = new ClockWithoutTimers(_time);
        using var clocks = new SenderClocks(time, _conditions);
        Assert.Equal(TimeSpan.Zero, clocks.Age(Gateway, _time.GetUtcNow(), TimeSpan.FromSeconds(lifetime)));
        var sent = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(stoodStill));
        Assert.Equal(TimeSpan.FromSeconds(stoodStill), clocks.Age(Gateway, sent, TimeSpan.FromSeconds(lifetime)));
    }

    [Fact]
    public void SenderThatNothingIsKnownOf_IsTrustedWithinAMinute()
    {
        foreach (var sender in (Sender?[])[null, Gateway])
        {
            Assert.Equal(TimeSpan.Zero, _clocks.Age(sender, _time.GetUtcNow().AddSeconds(-50), lifetime: null));
            Assert.Equal(TimeSpan.FromMinutes(9), _clocks.Age(sender, _time.GetUtcNow().AddMinutes(-10), lifetime: null));
        }
    }

    [Fact]
    public void SenderKnownOtherwise_IsKnownForMessagesThatMayWaitForEver()
    {
        Send(Gateway, 10, waited: 0);
        Assert.Equal(TimeSpan.FromHours(1), _clocks.Age(Gateway, _time.GetUtcNow().AddHours(-1).AddSeconds(-10), lifetime: null));
    }

    [Theory]
    [InlineData(0.0, 0.0, -3600.0)]
    [InlineData(-2.0, -2.0, -40.0)]
    [InlineData(0.0, 0.0, -40.0)]
    [InlineData(0.0, -40.0)]
    [InlineData(0.0, -3600.0)]
    public void OneGatewayAmongOthers_MovesNoClock(params double[] ahead)
    {
        for (var second = 0; second < 10; second++)
        {
            for (var gateway = 0; gateway < ahead.Length; gateway++)
            {
                Send(new Sender(Sender.Gateway, "g", gateway), ahead[gateway], waited: 0);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(ahead[0], (_time.GetUtcNow() - _cluster.GetUtcNow()).TotalSeconds);
    }

    [Fact]
    public void ClientsClock_IsNotedAndNotFollowed()
    {
        SendFor(new Sender("client", "laptop", 7), -10, seconds: 8);
        Assert.Single(_conditions.Notes);
        Assert.Equal(_time.GetUtcNow(), _cluster.GetUtcNow());
    }

    [Fact]
    public void SendersWithoutEnd_AreForgotten()
    {
        Send(Gateway, 0, waited: 0);
        for (var i = 0; i < 1000; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Send(new Sender("client", "x", i), 0, waited: 0);
        }

        // The first of a sender again.
        Assert.Equal(TimeSpan.Zero, Send(Gateway, 0, waited: 4));
    }

    /// <summary>A message of a sender whose clock this process's is so many seconds ahead of.</summary>
    private TimeSpan Send(Sender sender, double ahead, double waited) => _clocks.Age(sender, _time.GetUtcNow().AddSeconds(-ahead - waited), Lifetime);

    private void SendFor(Sender sender, double ahead, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Send(sender, ahead, waited: 0);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private sealed class ClockWithoutTimers(FakeTimeProvider time) : TimeProvider
    {
        public TimeSpan SetBy { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + SetBy;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FakeTimeProvider().CreateTimer(callback, state, dueTime, period);
    }
}
