using Coinsphere.Messaging.Worker.Consumers;
using MassTransit;
using MassTransit.Middleware;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

/// <summary>How long a message is kept.</summary>
public sealed class RetryUntilAvailablePolicyTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private readonly Stopped _time = new();
    private readonly TimeoutException _away = new();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(45)]
    public void Tries_BeginUntilTheTimeHasPassed_HoweverLongEachTakes(int secondsPerTry)
    {
        var pauses = Pauses(TimeSpan.FromSeconds(secondsPerTry));

        Assert.InRange(_time.Elapsed, Limit - TimeSpan.FromSeconds(5), Limit + TimeSpan.FromSeconds(secondsPerTry));
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], pauses.Take(7));
        Assert.Equal(5, pauses[^1]);
    }

    [Fact]
    public void TryThatTakesLonger_IsTheLast() => Assert.Empty(Pauses(Limit));

    [Fact]
    public void OtherFailures_AreNotKept()
    {
        using var kept = Policy().CreatePolicyContext(new Pipe());
        Assert.False(kept.CanRetry(new InvalidOperationException(), out _));
        Assert.True(kept.CanRetry(_away, out var again));
        Assert.False(again.CanRetry(new InvalidOperationException(), out _));
    }

    /// <summary>The pauses before each further try, in seconds.</summary>
    private List<double> Pauses(TimeSpan perTry)
    {
        var pauses = new List<double>();
        using var kept = Policy().CreatePolicyContext(new Pipe());
        _time.Elapsed += perTry;
        for (var may = kept.CanRetry(_away, out var again); may; may = again.CanRetry(_away, out again))
        {
            pauses.Add(again.Delay!.Value.TotalSeconds);
            _time.Elapsed += again.Delay.Value + perTry;
        }

        return pauses;
    }

    private RetryUntilAvailablePolicy Policy() => new RetryUntilAvailablePolicy(new Filter(), Limit, _time);

    private sealed class Pipe() : BasePipeContext(CancellationToken.None);

    private sealed class Filter : IExceptionFilter
    {
        public bool Match(Exception exception) => exception is TimeoutException;

        public void Probe(ProbeContext context)
        {
        }
    }

    private sealed class Stopped : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
