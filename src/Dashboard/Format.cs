using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>Numbers and times for people. What is not known is a dash.</summary>
internal static class Format
{
    public const string None = "–";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A price in USD, with as many decimals as its size needs.</summary>
    public static string Price(double? price) => price switch
    {
        null => None,
        >= 10_000 => price.Value.ToString("#,##0", Culture),
        >= 1 => price.Value.ToString("#,##0.00", Culture),
        _ => price.Value.ToString("0.####", Culture) is var text && text != "0" ? text : price.Value.ToString("0.######", Culture),
    };

    public static string Range(PriceInterval? range) => range is null ? None : $"{Price(range.Low)} – {Price(range.High)}";

    public static string Count(long? count) => count?.ToString("#,##0", Culture) ?? None;

    public static string Milliseconds(double? value) => value is { } ms ? ms.ToString(ms < 10 ? "0.##" : "#,##0", Culture) + " ms" : None;

    /// <summary>How long ago something was, in its largest unit.</summary>
    public static string Ago(TimeSpan ago) => ago switch
    {
        { TotalSeconds: < 1 } => "now",
        { TotalMinutes: < 1 } => string.Create(Culture, $"{(int)ago.TotalSeconds} s ago"),
        { TotalHours: < 1 } => string.Create(Culture, $"{(int)ago.TotalMinutes} min ago"),
        { TotalDays: < 2 } => string.Create(Culture, $"{(int)ago.TotalHours} h ago"),
        _ => string.Create(Culture, $"{(int)ago.TotalDays} d ago"),
    };

    /// <summary>A fraction in percent.</summary>
    public static string Percent(double? fraction, int decimals = 0) =>
        fraction is { } value ? (value * 100).ToString("F" + decimals.ToString(Culture), Culture) + " %" : None;

    /// <summary>A change in percent, with its sign.</summary>
    public static string Change(double? fraction, int decimals = 1) => fraction is { } value
        ? (value < 0 ? "−" : "+") + Math.Abs(value * 100).ToString("F" + decimals.ToString(Culture), Culture) + " %"
        : None;

    public static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", Culture) ?? None;

    public static string Instant(DateTimeOffset? at) => at is { } value ? value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", Culture) + " UTC" : None;

    public static string Number(double value, int decimals) => value.ToString("F" + decimals.ToString(Culture), Culture);

    /// <summary>How many days of bars are missing, in words.</summary>
    public static string Age(int? days) => days switch
    {
        null => None,
        <= 0 => "current",
        1 => "1 day",
        _ => days.Value.ToString("#,##0", Culture) + " days",
    };

    /// <summary>A word as the name of a style.</summary>
    public static string Arrow(string direction) => direction switch { "bullish" => "▲", "bearish" => "▼", _ => "◆" };
}
