using System.Runtime.InteropServices;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>
/// Decides which questions may wait for an endpoint's workers: those that can be answered in time. The number of waiting questions, divided by the
/// answers per second, is how long a new one will wait (Little's law). That must be at most half of its remaining time, since the rate may fall
/// meanwhile. Callers take turns (<see cref="Limits.FairQueue"/>): before a question are its caller's own, and at most as many of each other caller. The rate
/// is the one of this gateway, however many workers there are and whoever else asks them. It shows what workers can do only while they are busy: before
/// that, and after every pause, questions are admitted until the rate is known.
/// </summary>
internal sealed class Admission(TimeProvider time)
{
    /// <summary>This many of a caller may always wait, to find out whether workers are available again, and how fast they are.</summary>
    public const int Always = 8;

    /// <summary>This many may wait while the rate is not known, for example a batch, or many callers at once.</summary>
    public const int WhileUnknown = 500;

    private const int Slots = 20;
    private const double Share = 0.5;

    // A rate is known after this many answers, or after a long time with fewer.
    private const int Enough = 20;

    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _waitingOf = new(StringComparer.Ordinal);
    private readonly int[] _answers = new int[Slots];
    private long _slot;
    private int _waiting;
    private long? _busySince;

    /// <summary>Admits a question, or returns the refusal. A question that was admitted must call <see cref="Leave"/>.</summary>
    public RequestRefused? Enter(string caller, TimeSpan left)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var own = _waitingOf.GetValueOrDefault(caller);
            var before = (int)Math.Min(_waiting, (long)own * Math.Max(1, _waitingOf.Count));
            if (own >= Always && Refusal(now, left, before) is { } refusal)
            {
                return refusal;
            }

            _waitingOf[caller] = own + 1;

            if (++_waiting == Always)
            {
                _busySince = now;
                Array.Clear(_answers);
            }

            return null;
        }
    }

    /// <summary>A question waits no more: a worker has replied, or its deadline has passed.</summary>
    public void Leave(string caller, bool isAnswered)
    {
        lock (_lock)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_waitingOf, caller) == 0)
            {
                _waitingOf.Remove(caller);
            }

            if (isAnswered && _busySince is not null)
            {
                _answers[Advance(time.GetTimestamp())]++;
            }

            if (--_waiting < Always)
            {
                _busySince = null;
            }
        }
    }

    private RequestRefused? Refusal(long now, TimeSpan left, int before)
    {
        if (Rate(now) is not { } perSecond)
        {
            return before < WhileUnknown ? null : new(RefusalReason.Overloaded, $"{before} requests arrived at once; try again shortly");
        }

        return before <= perSecond * left.TotalSeconds * Share
            ? null
            : new(
                RefusalReason.Overloaded,
                $"{before} requests already wait for workers, and {perSecond:0} per second are answered: this one would be too late; try again shortly");
    }

    // Null where the rate is not known.
    private double? Rate(long now)
    {
        if (_busySince is not { } since)
        {
            return null;
        }

        Advance(now);
        var busy = time.GetElapsedTime(since, now);
        var answers = _answers.Sum();
        if (answers < Enough && busy < LongEnough)
        {
            return null;
        }

        var span = busy < Slots * Slot ? busy : Slots * Slot;
        return answers / span.TotalSeconds;
    }

    /// <summary>The index of the current slot. Slots that began since the last call are emptied.</summary>
    private int Advance(long now)
    {
        var slot = time.GetElapsedTime(0, now).Ticks / Slot.Ticks;
        for (var next = Math.Max(_slot + 1, slot - Slots + 1); next <= slot; next++)
        {
            _answers[(int)(next % Slots)] = 0;
        }

        _slot = Math.Max(_slot, slot);
        return (int)(_slot % Slots);
    }
}
