namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// A generator whose numbers are the same on every machine. Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
/// </summary>
internal struct SplitMix64(ulong state)
{
    private ulong _state = state;

    /// <summary>A generator for one day of a series, so that a bar does not depend on the number of days after it.</summary>
    public static SplitMix64 OfDay(ulong seed, int day) => new(seed + (ulong)day * 0xD1B54A32D192ED03);

    /// <summary>A seed of a name: its FNV-1a hash. string.GetHashCode differs between processes.</summary>
    public static ulong SeedOf(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return hash;
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to below 1.</summary>
    public double NextUniform() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Approximately normal, within -6 to 6. A sum of twelve uniforms needs no logarithm, whose last bit differs between machines.</summary>
    public double NextNormal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += NextUniform();
        }

        return sum;
    }
}
