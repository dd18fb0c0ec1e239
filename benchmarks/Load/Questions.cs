using System.Globalization;
using System.Text;

namespace Coinsphere.Messaging.Load;

/// <summary>
/// What is asked: of each four questions three are predictions and one is a risk score, over three symbols and three timeframes. They
/// differ in their day, so that as many as are under way at the same time share neither a computation nor a forward pass.
/// </summary>
internal sealed class Questions(DateOnly until, bool repeat)
{
    private const int Days = 200;

    private static readonly string[] Timeframes = ["7d", "14d", "30d"];

    private int _next;

    public static string[] Symbols { get; } = ["BTC", "ETH", "SOL"];

    public (string Path, byte[] Body) Next()
    {
        var i = Interlocked.Increment(ref _next) & int.MaxValue;
        var symbol = Symbols[i / 4 % Symbols.Length];
        var day = until.AddDays(repeat ? 0 : -(i / 4 / Symbols.Length % Days));
        var kind = i % 4;
        var text = kind == 3
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"symbol":"{{symbol}}","asOf":"{{day:yyyy-MM-dd}}"}""")
            // Three timeframes of a day would share a forward pass.
            : string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{symbol}}","timeframe":"{{Timeframes[kind]}}","asOf":"{{day.AddDays(repeat ? 0 : -kind * Days):yyyy-MM-dd}}"}""");
        return (kind == 3 ? "/risk-score" : "/predict", Encoding.UTF8.GetBytes(text));
    }
}
