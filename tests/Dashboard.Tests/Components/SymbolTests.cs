using Bunit;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Components.Pages;
using Coinsphere.Messaging.Dashboard.Tests.Hosts;

namespace Coinsphere.Messaging.Dashboard.Tests.Components;

public sealed class SymbolTests : IAsyncLifetime
{
    private Page _page = null!;

    public async ValueTask InitializeAsync() => _page = await Page.OpenAsync();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public async Task Parts_AreAnsweredOrRefusedEachByItself()
    {
        var symbol = await ShowAsync("btc");
        Assert.StartsWith("BTC", symbol.Find("h1").TextContent, StringComparison.Ordinal);
        Assert.Contains("BTC shows no directional signal.", symbol.Markup, StringComparison.Ordinal);
        Assert.NotNull(symbol.Find("#prices + figure svg"));
        Assert.Contains("No past ranges: this service records no predictions", symbol.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markup_IsText()
    {
        _page.Service.Predictions["BTC"] = Answers.Prediction("BTC") with { Explanation = "<img src=x onerror=alert(1)>" };
        var symbol = await ShowAsync("<script>");
        Assert.Equal("<SCRIPT>", symbol.Find("h1").TextContent.Split(' ')[0]);
        Assert.Equal("<img src=x onerror=alert(1)>", symbol.Find(".explanation").TextContent);
        Assert.Empty(symbol.FindAll("script, img"));
    }

    [Theory]
    [InlineData("", """-d '{"symbol":"BTC","timeframe":"7d"}'""")]
    [InlineData("?timeframe=30d&asOf=2024-06-30", """-d '{"symbol":"BTC","timeframe":"30d","asOf":"2024-06-30"}'""")]
    [InlineData("?timeframe=1h&asOf=yesterday", """-d '{"symbol":"BTC","timeframe":"7d"}'""")]
    public async Task SameRequest_IsShownAsACommand(string address, string shown) =>
        Assert.Equal(
            $"curl -X POST {_page.Service.Url.AbsoluteUri}predict -H \"Content-Type: application/json\" {shown}",
            (await ShowAsync("BTC", address)).Find("pre").TextContent);

    private async Task<IRenderedComponent<Symbol>> ShowAsync(string name, string address = "")
    {
        var symbol = await _page.ShowAsync<Symbol>(address, parameters => parameters.Add(page => page.Name, name));
        await symbol.WaitForElementAsync("#ask");
        return symbol;
    }
}
