using System.Globalization;

namespace Coinsphere.Messaging.Client.Tests.Services;

/// <summary>Checkpoints and prices that give each refusal a symbol of its own. BTC, ETH and SOL have answers.</summary>
public sealed class Scenario : IDisposable
{
    public const string Rejected = "UNI", ShortHistory = "ADA", Stale = "LTC", NoPrices = "XRP", Unreadable = "DOGE", NotTrained = "BNB";

    private const int Days = 450;

    private readonly string _folder = Directory.CreateTempSubdirectory("client-tests-").FullName;

    public Scenario()
    {
        var models = Directory.CreateDirectory(Path.Combine(_folder, "models")).FullName;
        foreach (var symbol in (string[])["BTC", "ETH", "SOL", ShortHistory, Stale, NoPrices, Unreadable])
        {
            File.Copy(Path.Combine(Repository.Checkpoints, "BTC_best.pth"), Path.Combine(models, symbol + "_best.pth"));
        }

        File.WriteAllText(Path.Combine(models, Rejected + "_best.pth"), "no checkpoint");

        var prices = Directory.CreateDirectory(Path.Combine(_folder, "prices")).FullName;
        (string Symbol, DateOnly Last, int Days)[] series =
        [
            ("BTC", Yesterday, Days), ("ETH", Yesterday, Days), ("SOL", Yesterday, Days), (Rejected, Yesterday, Days), (NotTrained, Yesterday, Days),
            (ShortHistory, Yesterday, 40), (Stale, new DateOnly(2020, 1, 1), Days),
        ];
        foreach (var (symbol, last, days) in series)
        {
            File.WriteAllLines(Path.Combine(prices, symbol + ".csv"), [Header, .. Enumerable.Range(0, days).Select(day => Row(last.AddDays(day + 1 - days)))]);
        }

        File.WriteAllLines(Path.Combine(prices, Unreadable + ".csv"), [Header, "yesterday,1,1,1,1,1,1"]);

        Settings = new Dictionary<string, string?>
        {
            ["Models:Folder"] = models,
            ["Prices:Folder"] = prices,
            ["Prices:MaxAge"] = "2.00:00:00",
        };
    }

    public static DateOnly Yesterday { get; } = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);

    public IReadOnlyDictionary<string, string?> Settings { get; }

    private const string Header = "time,open,high,low,close,volume,market_cap";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Row(DateOnly day)
    {
        var close = 100 + 10 * Math.Sin(day.DayNumber / 7.0) + day.DayNumber % 13;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{day:yyyy-MM-dd},{close},{close + 2},{close - 2},{close},{1000 + day.DayNumber % 31},{close * 1000}");
    }
}
