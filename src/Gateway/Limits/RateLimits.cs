using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>
/// The rate of every caller. A refused caller never waits. The framework's limiters are not used: they keep a caller for each address without a limit, and
/// allow no work that costs more than a burst.
/// </summary>
internal sealed class RateLimits(IOptions<LimitsOptions> options, TimeProvider time)
{
    private readonly Budgets _budgets = new(options.Value.Burst, options.Value.PerSecond, time);
    private readonly bool _isOff = options.Value.PerSecond == 0;
    private readonly bool _hasLoopback = options.Value.Loopback;

    /// <summary>Counts work of a caller, or returns the refusal.</summary>
    public RequestRefused? Take(Caller caller, int cost)
    {
        if (Wait(caller, cost) is not { } wait)
        {
            return null;
        }

        Meters.LimitReached("rate");
        return new(
            RefusalReason.RateLimited,
            string.Create(CultureInfo.InvariantCulture, $"this caller asks for more work than it may; try again in {Seconds(wait)} s"));
    }

    /// <summary>How long a caller has to wait before it may ask again; null where it may at once.</summary>
    public TimeSpan? Left(Caller caller) => Wait(caller, 0);

    /// <summary>The value of <c>Retry-After</c>.</summary>
    public static int Seconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(Math.Min(wait.TotalSeconds, 3_600)));

    // A key's own rate holds wherever it comes from.
    private TimeSpan? Wait(Caller caller, int cost) =>
        caller.PerSecond is null && (_isOff || (caller.IsLoopback && !_hasLoopback)) ? null : _budgets.Take(caller, cost);
}
