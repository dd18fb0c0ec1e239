using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Writes a number in plain decimal notation, never with an exponent: <c>0.00012</c>, not <c>1.2E-04</c>. The value read back is the value written.
/// </summary>
public class PlainNumberConverter : JsonConverter<double>
{
    /// <inheritdoc/>
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (!double.IsFinite(value))
        {
            throw new JsonException($"{value} has no JSON number");
        }

        writer.WriteRawValue(Format(value), skipInputValidation: true);
    }

    /// <summary>The number's text.</summary>
    protected virtual string Format(double value) => Plain(value, minimumDecimals: 0);

    /// <summary>The shortest text that reads back as the value, without exponent, with at least the given number of decimals.</summary>
    internal static string Plain(double value, int minimumDecimals)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt >= 0)
        {
            shortest = WithoutExponent(shortest, exponentAt);
        }

        var point = shortest.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : shortest.Length - point - 1;
        if (decimals >= minimumDecimals)
        {
            return shortest;
        }

        return (point < 0 ? shortest + "." : shortest) + new string('0', minimumDecimals - decimals);
    }

    // "-1.25E-05" is a sign, the digits "125" and the position of the point: 1 + exponent.
    private static string WithoutExponent(string text, int exponentAt)
    {
        var sign = text[0] == '-' ? "-" : "";
        var mantissa = text[sign.Length..exponentAt];
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var point = 1 + int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (point <= 0)
        {
            return sign + "0." + new string('0', -point) + digits;
        }

        return point >= digits.Length
            ? sign + digits + new string('0', point - digits.Length)
            : sign + digits[..point] + "." + digits[point..];
    }
}

/// <summary>Writes a price in plain decimal notation, with at least two decimals from 1 upwards: <c>47500.00</c>, <c>0.00001234</c>.</summary>
public sealed class PriceConverter : PlainNumberConverter
{
    // From here on no double has a fraction, and .NET's JSON reader reads some of them as a neighbouring value where ".00" follows.
    private const double IntegersOnly = 9007199254740992;

    /// <inheritdoc/>
    protected override string Format(double value) => Plain(value, minimumDecimals: Math.Abs(value) is >= 1 and < IntegersOnly ? 2 : 0);
}

/// <summary>Writes a list of numbers, each as <see cref="PlainNumberConverter"/> does.</summary>
public sealed class PlainNumbersConverter : JsonConverter<IReadOnlyList<double>>
{
    private static readonly PlainNumberConverter Number = new();

    /// <inheritdoc/>
    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("expected a list of numbers");
        }

        var numbers = new List<double>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            numbers.Add(Number.Read(ref reader, typeof(double), options));
        }

        return numbers;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var number in value)
        {
            Number.Write(writer, number, options);
        }

        writer.WriteEndArray();
    }
}
