using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>
/// The places in which requests wait for workers. Beside others, a caller may have its equal share; alone, all but some that are left for whoever comes next.
/// </summary>
internal sealed class WaitingShares(IOptions<GatewayOptions> options)
{
    // One in so many places is for callers that come while one has all others.
    private const int Reserve = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _waitingOf = new(StringComparer.Ordinal);
    private int _waiting;

    /// <summary>The callers that wait.</summary>
    public int Callers
    {
        get
        {
            lock (_lock)
            {
                return _waitingOf.Count;
            }
        }
    }

    /// <summary>Takes a place, or returns the refusal. Whoever has a place must give it back by <see cref="Leave"/>.</summary>
    public RequestRefused? Enter(Caller caller)
    {
        var most = options.Value.MaxWaiting;
        lock (_lock)
        {
            var own = _waitingOf.GetValueOrDefault(caller.Id);
            var callers = _waitingOf.Count + (own == 0 ? 1 : 0);
            var share = Math.Min(caller.Concurrent ?? most, callers == 1 ? most - (most / Reserve) : Math.Max(1, most / callers));
            if (own < share && _waiting < most)
            {
                _waitingOf[caller.Id] = own + 1;
                _waiting++;
                return null;
            }

            Meters.LimitReached(own < share ? "waiting" : "share");
            return new(
                RefusalReason.Overloaded,
                own < share
                    ? $"{_waiting} requests already wait for workers; try again shortly"
                    : $"{own} requests of this caller already wait for workers, its share of {most} among {callers}; try again shortly");
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave(Caller caller)
    {
        lock (_lock)
        {
            _waiting--;
            var own = _waitingOf[caller.Id] - 1;
            if (own == 0)
            {
                _waitingOf.Remove(caller.Id);
            }
            else
            {
                _waitingOf[caller.Id] = own;
            }
        }
    }
}
