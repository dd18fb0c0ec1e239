using System.Globalization;
using static Microsoft.Playwright.Assertions;

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>Pages that stay open while prices change, over the real gateway and worker.</summary>
public sealed class LiveTests(Chromium chromium) : IDisposable
{
    private readonly DirectoryInfo _prices = Directory.CreateTempSubdirectory("coinsphere-prices-");

    public void Dispose() => _prices.Delete(recursive: true);

    [Fact]
    public async Task NewBar_ArrivesOnOpenPages()
    {
        var (file, today) = (Path.Combine(_prices.FullName, "BTC.csv"), DateOnly.FromDateTime(DateTime.UtcNow));
        await File.WriteAllLinesAsync(
            file,
            Enumerable.Range(0, 500).Select(i => Bar(today.AddDays(i - 501), 40_000 + (150 * (i % 7)))).Prepend("time,open,high,low,close,volume,market_cap"),
            TestContext.Current.CancellationToken);
        await using var service = RunningProgram.Start(
            "Standalone", ["--port", "0", $"--Models:Folder={Repository.Checkpoints}", $"--Prices:Folder={_prices.FullName}"]);
        var url = await service.ListeningAsync();
        await service.StartedAsync();
        await using var markets = await BrowserPage.OpenAsync(chromium.Browser, url);
        await using var symbol = await BrowserPage.OpenAsync(chromium.Browser, new Uri(url, "symbols/BTC"));
        var price = markets.Page.Locator("tr", new() { Has = markets.Page.Locator("th", new() { HasText = "BTC" }) }).Locator(".price");
        await Expect(price).ToHaveTextAsync("40,300");
        await Expect(symbol.Page.Locator("h1")).ToContainTextAsync("40,300");
        // A page that is loaded again is without it.
        await markets.Page.EvaluateAsync("document.marker = 1");
        await symbol.Page.EvaluateAsync("document.marker = 1");

        await File.AppendAllLinesAsync(file, [Bar(today.AddDays(-1), 41_234)], TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        using var cleared = await http.DeleteAsync(new Uri(url, "models/BTC/cache"), TestContext.Current.CancellationToken);
        cleared.EnsureSuccessStatusCode();

        await Expect(price).ToHaveTextAsync("41,234");
        await Expect(symbol.Page.Locator("h1")).ToContainTextAsync("41,234");
        Assert.Equal((1, 1), (await markets.Page.EvaluateAsync<int>("document.marker"), await symbol.Page.EvaluateAsync<int>("document.marker")));
    }

    private static string Bar(DateOnly day, double close) => string.Create(
        CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{close - 50},{close + 300},{close - 300},{close},{1000 + (day.DayNumber % 5)},{close * 19_000_000}");
}
