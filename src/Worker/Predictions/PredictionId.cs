using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.Predictions;

/// <summary>The id of a prediction: a digest of everything it is computed from, so that equal inputs have equal ids wherever they are computed.</summary>
internal static class PredictionId
{
    private const int NumbersPerBar = 9;

    /// <summary>32 hex digits: the first half of a SHA-256 over the question, the model, the sentiment and every bar read.</summary>
    public static string Of(string question, string modelDigest, string source, Sentiment sentiment, BarSeries series)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in (ReadOnlySpan<string>)[question, modelDigest, source, sentiment.Source])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }

        Span<byte> numbers = stackalloc byte[NumbersPerBar * sizeof(double)];
        Write(numbers, [sentiment.SocialScore, sentiment.Positive, sentiment.Negative]);
        hash.AppendData(numbers[..(3 * sizeof(double))]);
        foreach (ref readonly var bar in series.Bars.Span)
        {
            Write(numbers, [bar.Day.DayNumber, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.MarketCap, bar.Change1h, bar.Change24h]);
            hash.AppendData(numbers);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest[..16]);
    }

    private static void Write(Span<byte> target, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(target[(i * sizeof(double))..], values[i]);
    }
}
