using System.Threading.Channels;
using Bunit;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Components.Pages;
using Coinsphere.Messaging.Dashboard.Tests.Hosts;

namespace Coinsphere.Messaging.Dashboard.Tests.Components;

public sealed class MarketsTests : IAsyncLifetime
{
    private Page _page = null!;

    public async ValueTask InitializeAsync()
    {
        _page = await Page.OpenAsync();
        _page.Service.Predictions["ETH"] = Answers.Prediction("ETH", "bearish", 2500);
        _page.Service.Predictions["DOGE"] = Answers.Prediction("DOGE", "neutral", 0.00001234);
        _page.Service.Risks["DOGE"] = Answers.Risk("DOGE", 91, "extreme");
    }

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public async Task Row_HasWhatIsKnownOfASymbol()
    {
        var markets = await _page.ShowAsync<Markets>();
        var row = markets.Find("tbody tr");
        Assert.Equal("symbols/BTC", row.QuerySelector("th a")!.GetAttribute("href"));
        Assert.Equal(
            ["45,000", "+0.0 %", "40,500 – 49,500", "7.6 %", "37 medium", "47 % 41 %", "current"],
            new[] { ".price", ".change", ".range", ".volatility", ".risk", ".skill", ".age" }.Select(cell => row.QuerySelector(cell)!.TextContent.Trim()));
        Assert.Contains("bullish", row.QuerySelector(".direction")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("bearish 25 %", row.QuerySelector(".numbers")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(60, row.QuerySelector("polyline")!.GetAttribute("points")!.Split(' ').Length);
    }

    [Theory]
    [InlineData("", "BTC ETH DOGE")]
    [InlineData("?sort=symbol", "BTC DOGE ETH")]
    [InlineData("?sort=-symbol", "ETH DOGE BTC")]
    [InlineData("?sort=price", "DOGE ETH BTC")]
    [InlineData("?sort=-risk", "DOGE BTC ETH")]
    [InlineData("?sort=nothing", "BTC ETH DOGE")]
    [InlineData("?q=eth", "ETH")]
    [InlineData("?q=bearish,extreme", "ETH DOGE")]
    [InlineData("?q=nothing", "")]
    [InlineData("?q=o&sort=price", "DOGE")]
    public async Task Rows_AreSortedAndFilteredByTheAddress(string address, string symbols) =>
        Assert.Equal(symbols, Symbols(await _page.ShowAsync<Markets>(address)));

    [Fact]
    public async Task Filter_WorksAsOneTypes()
    {
        var markets = await _page.ShowAsync<Markets>();
        markets.Find("input[type=search]").Input("doge");
        Assert.Equal("DOGE", Symbols(markets));
    }

    [Fact]
    public async Task Header_SortsTheOtherWayTheSecondTime()
    {
        var markets = await _page.ShowAsync<Markets>("?sort=-risk&q=e");
        var risk = markets.FindAll("th a").Single(link => link.TextContent.StartsWith("Risk", StringComparison.Ordinal));
        Assert.Equal("?sort=risk&q=e", risk.GetAttribute("href"));
        Assert.Equal("descending", risk.ParentElement!.GetAttribute("aria-sort"));
    }

    [Fact]
    public async Task RefusedSymbol_SaysWhyAndComesLast()
    {
        _page.Service.Predictions["BTC"] = null;
        _page.Service.Refusal = new(RefusalReason.ModelNotTrained, "no model is trained for <b>BTC</b>");
        var markets = await _page.ShowAsync<Markets>("?sort=price");
        Assert.Equal("no model is trained for <b>BTC</b>", markets.Find("td.refused").TextContent);
        Assert.Equal("?sort=volatility", (await _page.ShowAsync<Markets>("?sort=-volatility")).FindAll("th a")[5].GetAttribute("href"));
        Assert.EndsWith("BTC", Symbols(await _page.ShowAsync<Markets>("?sort=-volatility")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenPage_ShowsANewBar()
    {
        var markets = await _page.ShowAsync<Markets>();
        _page.Service.Predictions["BTC"] = Answers.Prediction("BTC", "bearish", 51234, "another") with { DataAsOf = Answers.Yesterday.AddDays(1) };
        await Until.True(() =>
        {
            _page.Time.Advance(TimeSpan.FromSeconds(1));
            return markets.Find(".price").TextContent == "51,234";
        });
    }

    [Fact]
    public async Task StreamedPrediction_IsShownAtOnce()
    {
        _page.Service.Streamed = Channel.CreateUnbounded<PredictionAnswer>();
        var markets = await _page.ShowAsync<Markets>();
        _page.Service.Streamed.Writer.TryWrite(Answers.Prediction("BTC", "bearish", 52345, "streamed"));
        // No time passes, so nothing is asked again.
        await markets.WaitForStateAsync(() => markets.Find(".price").TextContent == "52,345");
    }

    [Fact]
    public async Task Symbol_ThatVanishesIsGone()
    {
        var markets = await _page.ShowAsync<Markets>();
        _page.Service.Predictions.Remove("ETH");
        await Until.True(() =>
        {
            _page.Time.Advance(TimeSpan.FromSeconds(1));
            return Symbols(markets) == "BTC DOGE";
        });
    }

    private static string Symbols(IRenderedComponent<Markets> markets) => string.Join(' ', markets.FindAll("tbody th").Select(cell => cell.TextContent));
}
