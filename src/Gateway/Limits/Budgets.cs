using System.Collections.Concurrent;
using Coinsphere.Messaging.Gateway.Callers;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>A <see cref="Budget"/> for each of a limited number of callers.</summary>
internal sealed class Budgets(double burst, double perSecond, TimeProvider time)
{
    /// <summary>The most callers that are remembered; beyond it, those that come later share one budget until others are forgotten.</summary>
    public const int MaxCallers = 10_000;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Budget> _budgets = new(StringComparer.Ordinal);

    // Seconds of its rate that a caller saves up.
    private readonly double _saved = perSecond > 0 ? burst / perSecond : 10;

    private readonly Budget _others = new(burst, perSecond, time.GetTimestamp());
    private int _count;
    private long _sweptAt = time.GetTimestamp();

    /// <summary>The callers that are remembered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes from a caller's budget, or returns how long the caller has to wait.</summary>
    public TimeSpan? Take(Caller caller, int cost)
    {
        var now = time.GetTimestamp();
        return Of(caller, now).Take(cost, now, time.TimestampFrequency);
    }

    private Budget Of(Caller caller, long now)
    {
        var id = caller.Id;
        if (_budgets.TryGetValue(id, out var known))
        {
            return known;
        }

        // Callers that have used nothing lately are forgotten for others, at the latest when there are as many as may be.
        if (Count >= MaxCallers || time.GetElapsedTime(Interlocked.Read(ref _sweptAt), now) >= 6 * Sweep)
        {
            Forget(now);
        }

        if (Count >= MaxCallers)
        {
            return _others;
        }

        // A caller with a rate of its own may save up as many seconds of it as others.
        var budget = caller.PerSecond is { } own ? new Budget(Math.Max(1, own * _saved), own, now) : new Budget(burst, perSecond, now);
        if (_budgets.TryAdd(id, budget))
        {
            Interlocked.Increment(ref _count);
            return budget;
        }

        return _budgets.GetValueOrDefault(id, budget);
    }

    // Seldom, as it looks at all of them.
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
