using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>
/// Which questions may wait for an endpoint's workers: those that can be answered in time. What waits ahead of a question, divided by the answers a second, is
/// how long it will wait (Little's law), and that must not be more than half of what it has: the rate may fall meanwhile. The rate is what this gateway gets,
/// however many workers there are and whoever else asks them. It tells what workers can do only while they have enough to do: before, and after every pause,
/// questions are let in and the rate is found out.
/// </summary>
internal sealed class Admission(TimeProvider time)
{
    /// <summary>So many may always wait: what finds out whether workers are back, and what they can do now.</summary>
    public const int Always = 8;

    /// <summary>So many may wait while the rate is not known: a batch, or callers that come all at once.</summary>
    public const int WhileUnknown = 500;

    private const int Slots = 20;
    private const double Share = 0.5;

    // What tells of a rate: so many answers, or so long a time with fewer.
    private const int Enough = 20;

    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly int[] _answers = new int[Slots];
    private long _slot;
    private int _waiting;
    private long? _busySince;

    /// <summary>Lets a question wait, or says why it would wait in vain. Who was let in leaves by <see cref="Leave"/>.</summary>
    public RequestRefused? Enter(TimeSpan left)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_waiting >= Always && Refusal(now, left) is { } refusal)
            {
                return refusal;
            }

            if (++_waiting == Always)
            {
                _busySince = now;
                Array.Clear(_answers);
            }

            return null;
        }
    }

    /// <summary>A question waits no more: a worker has replied, or its time was over.</summary>
    public void Leave(bool isAnswered)
    {
        lock (_lock)
        {
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

    private RequestRefused? Refusal(long now, TimeSpan left)
    {
        if (Rate(now) is not { } perSecond)
        {
            return _waiting < WhileUnknown ? null : new(RefusalReason.Overloaded, $"{_waiting} requests came at once; try again shortly");
        }

        return _waiting <= perSecond * left.TotalSeconds * Share
            ? null
            : new(
                RefusalReason.Overloaded,
                $"{_waiting} requests wait for workers already, and {perSecond:0} a second are answered: this one would be too late; try again shortly");
    }

    // Null where it is not known.
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

    /// <summary>The place of the present slot, with those emptied that began since the last call.</summary>
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
