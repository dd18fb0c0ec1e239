using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>SHA-256, in lower-case hex, of what an answer was computed from.</summary>
internal static class InputsDigest
{
    private const int NumbersPerBar = 9;
    private const int NumbersPerSentiment = 3;

    /// <summary>Of the source of bars and of every bar.</summary>
    public static string Of(string source, BarSeries series) => Of($"{source}\0", series, sentiment: null, []);

    /// <summary>Of the sources, the last bar's sentiment, and every bar with its known sentiment.</summary>
    public static string Of(string source, string sentimentSource, BarSeries series, SentimentSeries sentiment, ReadOnlySpan<double> lastSentiment) =>
        Of($"{source}\0{sentimentSource}\0", series, sentiment, lastSentiment);

    private static string Of(string sources, BarSeries series, SentimentSeries? sentiment, ReadOnlySpan<double> lastSentiment)
    {
        var head = Encoding.UTF8.GetBytes(sources);
        var most = head.Length + (((NumbersPerBar + NumbersPerSentiment) * series.Bars.Length) + lastSentiment.Length) * sizeof(double);
        // Hashed in one call: a call for each bar takes longer than hashing it.
        var bytes = ArrayPool<byte>.Shared.Rent(most);
        head.CopyTo(bytes, 0);
        var length = head.Length;
        Write(lastSentiment);
        foreach (ref readonly var bar in series.Bars.Span)
        {
            Write([bar.Day.DayNumber, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.MarketCap, bar.Change1h, bar.Change24h]);
            if (sentiment?.KnownOn(bar.Day) is { } known)
            {
                Write([known.SocialScore, known.Positive, known.Negative]);
            }
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, length)));
        ArrayPool<byte>.Shared.Return(bytes);
        return digest;

        void Write(ReadOnlySpan<double> values)
        {
            foreach (var value in values)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(length), value);
                length += sizeof(double);
            }
        }
    }
}
