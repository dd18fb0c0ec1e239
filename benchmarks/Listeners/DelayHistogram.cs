namespace Coinsphere.Messaging.Listeners;

/// <summary>Delays in steps of a tenth of a millisecond.</summary>
internal sealed class DelayHistogram
{
    private const int StepsPerMillisecond = 10;

    // Ten seconds; what takes longer counts as ten.
    private readonly long[] _counts = new long[10_000 * StepsPerMillisecond];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(TimeSpan delay)
    {
        Interlocked.Increment(ref _counts[Math.Clamp((int)(delay.TotalMilliseconds * StepsPerMillisecond), 0, _counts.Length - 1)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The milliseconds that a share of all delays does not exceed.</summary>
    public double Quantile(double share)
    {
        var rest = (long)Math.Ceiling(share * Count);
        for (var i = 0; i < _counts.Length; i++)
        {
            if ((rest -= _counts[i]) <= 0)
            {
                return (double)(i + 1) / StepsPerMillisecond;
            }
        }

        return (double)_counts.Length / StepsPerMillisecond;
    }
}
