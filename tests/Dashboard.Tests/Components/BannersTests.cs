using Bunit;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Dashboard.Components.Pages;
using Coinsphere.Messaging.Dashboard.Components.Parts;
using Coinsphere.Messaging.Dashboard.Tests.Hosts;

namespace Coinsphere.Messaging.Dashboard.Tests.Components;

public sealed class BannersTests : IAsyncLifetime
{
    private Page _page = null!;

    public async ValueTask InitializeAsync() => _page = await Page.OpenAsync();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public async Task CurrentPricesOfAReadyService_NeedNone() => Assert.Empty((await _page.ShowAsync<Banners>()).FindAll(".banner"));

    [Fact]
    public async Task SyntheticPrices_AreSaidSo()
    {
        _page.Service.Predictions["BTC"] = Answers.Prediction("BTC") with { DataSource = "synthetic" };
        Assert.Contains("every one is invented", (await _page.ShowAsync<Banners>()).Find(".warn").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OldPrices_AreSaidSo()
    {
        _page.Service.Predictions["BTC"] = Answers.Prediction("BTC") with { DataAsOf = new(2024, 12, 31) };
        Assert.Contains("the newest bar is of 2024-12-31", (await _page.ShowAsync<Banners>()).Find(".warn").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outage_IsShownWithItsReasonAndEndsByItself()
    {
        var (banners, state) = (await _page.ShowAsync<Banners>(), await _page.ShowAsync<SystemState>());
        _page.Service.Reasons = ["workers: no worker has reported lately"];
        await AdvanceAsync(() => banners.FindAll(".bad").Count == 1 && state.Markup.Contains("not ready", StringComparison.Ordinal));
        Assert.Contains("workers: no worker has reported lately", banners.Find(".bad").TextContent, StringComparison.Ordinal);

        _page.Service.Reasons = [];
        _page.Service.Notes = ["database is read-only"];
        await AdvanceAsync(() => banners.FindAll(".bad").Count == 0 && state.Markup.Contains("database is read-only", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fault_OfAModelIsShown()
    {
        _page.Service.Models["BTC"] = Answers.Model("BTC") with { Error = "BTC_best.pth: <script>global</script> 'posix.system'" };
        var state = await _page.ShowAsync<SystemState>();
        Assert.Equal("fault", state.Find(".extreme").TextContent);
        Assert.Contains("<script>global</script> 'posix.system'", state.Find("section[aria-labelledby=models] tr.fault").TextContent, StringComparison.Ordinal);
        Assert.Empty(state.FindAll("script"));
    }

    [Fact]
    public async Task ServiceIsAskedOnce_HoweverManyLook()
    {
        var pages = new List<IRenderedComponent<Banners>>();
        for (var i = 0; i < 20; i++)
        {
            pages.Add(await _page.ShowAsync<Banners>());
        }

        var before = _page.Service.Asked;
        _page.Service.Notes = ["x"];
        // The board may not wait yet when time passes, so time passes until it asks: more than once only after five further seconds.
        await AdvanceAsync(() => _page.Service.Asked > before);
        Assert.Equal(before + 1, _page.Service.Asked);
        Assert.Equal(20, pages.Count);
    }

    private Task AdvanceAsync(Func<bool> condition) => Until.True(() =>
    {
        _page.Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });
}
