using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>Every page in a browser.</summary>
public sealed class PagesTests(Chromium chromium)
{
    private const string Portfolio = "portfolio?symbol=BTC&amount=60&symbol=ETH&amount=30&symbol=SOL&amount=10";

    // What each page is there for.
    private static readonly Dictionary<string, string> Contents = new()
    {
        [""] = ".markets tbody tr >> nth=14",
        ["symbols/BTC"] = "#reliability",
        [Portfolio] = ".share >> nth=2",
        ["alerts"] = "#rules",
        ["system"] = "section[aria-labelledby=models] tbody tr >> nth=14",
    };

    public static TheoryData<string> Paths => [.. Contents.Keys];

    [Theory, MemberData(nameof(Paths))]
    public async Task Page_IsWholeAndAccessible(string path)
    {
        await using var opened = await chromium.OpenAsync(path);
        await opened.Page.Locator(Contents[path]).WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.Contains("every one is invented", await opened.Page.Locator(".banners").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Nothing here is financial advice", await opened.Page.Locator("footer").InnerTextAsync(), StringComparison.Ordinal);
        foreach (var (width, scheme) in new[] { (1280, ColorScheme.Light), (1280, ColorScheme.Dark), (360, ColorScheme.Dark), (360, ColorScheme.Light) })
        {
            await opened.Page.SetViewportSizeAsync(width, 800);
            await opened.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.Equal(0, await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
            var violations = (await opened.Page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical");
            Assert.Empty(violations.Select(violation => $"{width} {scheme} {violation.Id}: {violation.Nodes[0].Html}"));
        }

        Assert.Empty(opened.Complaints);
    }

    [Theory]
    [InlineData("")]
    [InlineData("symbols/BTC")]
    [InlineData(Portfolio)]
    [InlineData("alerts")]
    [InlineData("system")]
    public async Task Page_IsReadableWithoutScripts(string path)
    {
        await using var opened = await chromium.OpenAsync(path, hasScripts: false);
        // A first page may come before its numbers, and says how to get them.
        await Until.True(async () =>
        {
            if (await opened.Page.Locator(Contents[path]).CountAsync() == 1)
            {
                return true;
            }

            await opened.Page.ReloadAsync();
            return false;
        });
    }

    [Fact]
    public async Task FirstPaint_IsWithinASecond()
    {
        var paints = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            await using var opened = await chromium.OpenAsync("");
            paints.Add(await opened.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
        }

        Assert.InRange(paints.Min(), 0, 1000);
    }

    [Fact]
    public async Task LivePage_SortsAndFilters()
    {
        await using var opened = await chromium.OpenAsync("");
        await opened.Page.EvaluateAsync("document.marker = 1");
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Symbol", Exact = true }).ClickAsync();
        await Expect(opened.Page.Locator("tbody th").First).ToHaveTextAsync("ADA");
        await opened.Page.GetByLabel("Filter").PressSequentiallyAsync("sol");
        await Expect(opened.Page.Locator("tbody th")).ToHaveTextAsync(["SOL"]);
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "SOL" }).ClickAsync();
        await Expect(opened.Page.Locator("h1")).ToContainTextAsync("SOL");
        // All in one page.
        Assert.Equal(1, await opened.Page.EvaluateAsync<int>("document.marker"));
        Assert.Empty(opened.Complaints);
    }

    [Fact]
    public async Task Keyboard_ReachesTheContentAtOnce()
    {
        await using var opened = await chromium.OpenAsync("system");
        await opened.Page.EvaluateAsync("document.activeElement.blur()");
        await opened.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await opened.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await opened.Page.Keyboard.PressAsync("Enter");
        await Expect(opened.Page.Locator("main")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task PastDay_ShowsWhatHappenedAfterIt()
    {
        await using var opened = await chromium.OpenAsync("symbols/BTC?timeframe=30d&asOf=2024-06-30");
        await Expect(opened.Page.Locator("#prices + figure figcaption")).ToContainTextAsync("Candles after 2024-06-30 show what happened.");
        await Expect(opened.Page.Locator("h1")).ToContainTextAsync("close of 2024-06-30");
    }

    [Fact]
    public async Task TextTypedBeforeThePageIsLive_IsKept()
    {
        var (page, typed) = (await chromium.Browser.NewPageAsync(), new TaskCompletionSource());
        await page.RouteAsync("**/blazor.web.js", async route =>
        {
            await typed.Task;
            await route.ContinueAsync();
        });
        // The page's own script is there before Blazor's.
        await page.RunAndWaitForRequestFinishedAsync(
            () => page.GotoAsync(chromium.Url.AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit }),
            new() { Predicate = request => request.Url.EndsWith("dashboard.js", StringComparison.Ordinal) });
        await page.GetByLabel("Filter").FillAsync("sol");
        typed.SetResult();
        await page.Locator("[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Expect(page.GetByLabel("Filter")).ToHaveValueAsync("sol");
        await Expect(page.Locator("tbody th")).ToHaveTextAsync(["SOL"]);
        await page.CloseAsync();
    }

    [Fact]
    public async Task Form_OfAPortfolioWorks()
    {
        await using var opened = await chromium.OpenAsync("portfolio");
        await opened.Page.GetByLabel("Symbol of holding 1").FillAsync("btc");
        await opened.Page.GetByLabel("Amount of holding 1").FillAsync("1500.50");
        await opened.Page.GetByLabel("Symbol of holding 2").FillAsync("ETH");
        await opened.Page.GetByLabel("Amount of holding 2").FillAsync("much");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Compute" }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("The amount of ETH is 'much': expected a number above 0, such as 2500.50.");
        await opened.Page.GetByLabel("Amount of holding 2").FillAsync("1500.50");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Compute" }).ClickAsync();
        await Expect(opened.Page.Locator("section tbody td").First).ToHaveTextAsync("50.0 %");
    }

    [Fact]
    public async Task Rule_IsMadeAndRemovedOnTheOwnMachine()
    {
        await using var opened = await chromium.OpenAsync("alerts");
        await opened.Page.GetByLabel("Symbol").FillAsync("btc");
        await opened.Page.GetByLabel("Raise an alert when").SelectOptionAsync("risk_score_above");
        await opened.Page.GetByLabel("Risk score, 0 to 100").FillAsync("70");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Make the rule" }).ClickAsync();
        var rule = opened.Page.Locator(".rules tbody tr");
        await Expect(rule).ToContainTextAsync("the risk score is above 70");
        // The service judges what the page does not.
        await opened.Page.GetByLabel("Symbol").FillAsync("no symbol");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Make the rule" }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Not done: 'no symbol' is not a symbol");
        await rule.GetByRole(AriaRole.Button, new() { NameRegex = new("^Remove rule") }).ClickAsync();
        await rule.GetByRole(AriaRole.Button, new() { NameRegex = new("for good$") }).ClickAsync();
        await Expect(rule).ToHaveCountAsync(0);
        Assert.Empty(opened.Complaints);
    }

    // A page of another site, behind a name that leads to this machine, gets nothing; a proxy's reader may only read.
    [Theory]
    [InlineData("Host", "evil.example", "Wrong host")]
    [InlineData("X-Forwarded-For", "203.0.113.7", "Rules can be changed only by a browser on the machine")]
    public async Task RuleCannotBeChanged_FromElsewhere(string header, string value, string expected)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(chromium.Url, "alerts"));
        request.Headers.Accept.ParseAdd("text/html");
        request.Headers.Add(header, value);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains(expected, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FiftyPages_AreLiveAtOnce()
    {
        await using var context = await chromium.Browser.NewContextAsync();
        var pages = await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(chromium.Url, i % 2 == 0 ? "" : "system").AbsoluteUri, new() { WaitUntil = WaitUntilState.DOMContentLoaded });
            return page;
        }));
        await Task.WhenAll(pages.Select(page => page.Locator("[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached })));
        Assert.Equal(50, pages.Length);
    }
}
