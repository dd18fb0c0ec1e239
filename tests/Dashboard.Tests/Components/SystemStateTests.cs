using Bunit;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Components.Pages;
using Coinsphere.Messaging.Dashboard.Tests.Hosts;

namespace Coinsphere.Messaging.Dashboard.Tests.Components;

public sealed class SystemStateTests : IAsyncLifetime
{
    private Page _page = null!;

    public async ValueTask InitializeAsync() => _page = await Page.OpenAsync();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public async Task Workers_AreListedWithWhenTheyWereHeard()
    {
        var state = await _page.ShowAsync<SystemState>();
        Assert.Equal(
            [["machine-1-17", "answers", "1.0.0", "managed", "2025-10-12 11:30:00 UTC", "2 s ago", "2"],
                ["<b>machine-2</b>-18", "answers, see below", "–", "–", "–", "14 s ago", "1"],
                ["<i>database</i> is read-only"]],
            Cells(state, "workers"));
        Assert.Empty(state.FindAll("b, i"));
    }

    [Fact]
    public async Task Queues_HaveDepthParkedMessagesAndAge()
    {
        var state = await _page.ShowAsync<SystemState>();
        Assert.Equal(
            [["predict", "3", "0", "1.25 ms", "8.4 ms"], ["predict-durable", "12,000", "2", "90,000 ms", "120,500 ms"]], Cells(state, "queues"));
        Assert.Contains("predict-durable", state.Find("section[aria-labelledby=queues] tr.fault").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StagesCacheRefusalsAndFeed_AreShown()
    {
        var state = await _page.ShowAsync<SystemState>();
        Assert.Equal([["answer", "1,200", "5.13 ms", "13 ms"], ["inference", "100", "0.41 ms", "0.7 ms"]], Cells(state, "stages"));
        // The most frequent first.
        Assert.Equal([["deadline_exceeded", "7"], ["model_not_trained", "2"]], Cells(state, "counts"));
        Assert.Equal(["900", "100", "90.0 %"], state.FindAll("section[aria-labelledby=counts] dd").Select(cell => cell.TextContent));
        Assert.Equal(["csv", "2025-10-11", "Binance", "15", "1", "4"], state.FindAll("section[aria-labelledby=feed] dd").Select(cell => cell.TextContent));
    }

    [Fact]
    public async Task ServiceWithoutABroker_SaysSo()
    {
        _page.Service.System = Answers.System with { Queues = [], Feed = null, Refusals = new Dictionary<string, long>() };
        var text = (await _page.ShowAsync<SystemState>()).Markup;
        Assert.Contains("No queue of a broker is reported", text, StringComparison.Ordinal);
        Assert.Contains("No worker fetches bars from an exchange", text, StringComparison.Ordinal);
        Assert.Contains("No request was refused", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceOfAnOlderRelease_IsShownWithWhatItTells()
    {
        _page.Service.System = null;
        var state = await _page.ShowAsync<SystemState>();
        Assert.Contains("it is of an older release", state.Markup, StringComparison.Ordinal);
        Assert.Contains("ready", state.Find(".level").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceThatIsNotReady_StillTellsOfItsWorkers()
    {
        _page.Service.Reasons = ["workers: prices: the database does not answer"];
        var state = await _page.ShowAsync<SystemState>();
        Assert.Equal("not ready", state.Find(".level").TextContent);
        Assert.Equal(3, Cells(state, "workers").Length);
    }

    private static string[][] Cells(IRenderedComponent<SystemState> state, string section) =>
    [
        .. state.FindAll($"section[aria-labelledby={section}] tbody tr").Select(row => row.Children.Select(cell => cell.TextContent.Trim()).ToArray()),
    ];
}
