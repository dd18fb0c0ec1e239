namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>Inverted dropout whose mask depends only on (seed, layer, row, unit): forward and backward generate the same mask, on any thread.</summary>
internal readonly struct Dropout(float rate, ulong seed)
{
    public bool IsActive => rate > 0;

    /// <summary>values *= 0 or 1 / (1 - rate).</summary>
    /// <param name="values">One row.</param>
    /// <param name="layer">The layer it came out of.</param>
    /// <param name="row">Its number in the batch: window and step.</param>
    public void Apply(Span<float> values, int layer, long row)
    {
        var scale = 1 / (1 - rate);
        var threshold = (uint)(rate * 65536);
        var bits = 0UL;
        for (var unit = 0; unit < values.Length; unit++)
        {
            // four units share a number
            if ((unit & 3) == 0)
            {
                bits = Mix(seed + ((ulong)row * 0x9E3779B97F4A7C15) + ((ulong)((layer << 16) + unit) * 0xD1B54A32D192ED03));
            }

            values[unit] *= (uint)(bits & 0xffff) < threshold ? 0 : scale;
            bits >>= 16;
        }
    }

    // the finaliser of SplitMix64
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
