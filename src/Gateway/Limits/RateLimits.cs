using System.Collections.Concurrent;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>
/// The rate of every caller. A refused caller never waits. The framework's limiters are not used: they count by the process's clock, keep a caller for
/// each address without a limit, and allow no work that costs more than a burst.
/// </summary>
internal sealed class RateLimits(IOptions<LimitsOptions> options, TimeProvider time)
{
    /// <summary>The most callers that are remembered; beyond it, those that come later share one budget until others are forgotten.</summary>
    public const int MaxCallers = 10_000;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(10);

    private readonly LimitsOptions _options = options.Value;
    private readonly ConcurrentDictionary<string, Budget> _budgets = new(StringComparer.Ordinal);
    private readonly Budget _others = new(options.Value.Burst, options.Value.PerSecond, time.GetTimestamp());
    private int _count;
    private long _sweptAt = time.GetTimestamp();

    /// <summary>The callers that are remembered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts work of a caller, or returns the refusal.</summary>
    public RequestRefused? Take(Caller caller, int cost)
    {
        if (BudgetOf(caller)?.Take(cost, time.GetTimestamp(), time.TimestampFrequency) is not { } wait)
        {
            return null;
        }

        Meters.LimitReached("rate");
        return new(
            RefusalReason.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"this caller asks for more work than it may; try again in {Seconds(wait)} s"));
    }

    /// <summary>How long a caller has to wait before it may ask again; null where it may at once.</summary>
    public TimeSpan? Left(Caller caller) => BudgetOf(caller)?.Take(0, time.GetTimestamp(), time.TimestampFrequency);

    /// <summary>The value of <c>Retry-After</c>.</summary>
    public static int Seconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(Math.Min(wait.TotalSeconds, 3_600)));

    private Budget? BudgetOf(Caller caller)
    {
        if (_options.PerSecond == 0 || (caller.IsLoopback && !_options.Loopback))
        {
            return null;
        }

        var id = caller.Id;
        if (_budgets.TryGetValue(id, out var known))
        {
            return known;
        }

        var now = time.GetTimestamp();
        if (Count >= MaxCallers)
        {
            Forget(now);
        }

        if (Count >= MaxCallers)
        {
            return _others;
        }

        var budget = new Budget(_options.Burst, _options.PerSecond, now);
        if (_budgets.TryAdd(id, budget))
        {
            Interlocked.Increment(ref _count);
            return budget;
        }

        return _budgets.GetValueOrDefault(id, budget);
    }

    // Callers whose budget is full again. Seldom, as it looks at all of them.
    private void Forget(long now)
    {
        var swept = Interlocked.Read(ref _sweptAt);
        if (time.GetElapsedTime(swept, now) < Sweep || Interlocked.CompareExchange(ref _sweptAt, now, swept) != swept)
        {
            return;
        }

        foreach (var (id, budget) in _budgets)
        {
            if (budget.IsFull(now, time.TimestampFrequency) && _budgets.TryRemove(id, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}
