using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Coinsphere.Messaging.Dashboard.Tests.Browser;

/// <summary>A page in a browser, with what its console said.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private BrowserPage(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>Errors and warnings. A violation of the content policy is one.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public static async Task<BrowserPage> OpenAsync(IBrowser browser, Uri url, bool hasScripts = true)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, JavaScriptEnabled = hasScripts });
        var opened = new BrowserPage(context, await context.NewPageAsync());
        opened.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                opened.Complaints.Enqueue(message.Text);
            }
        };
        opened.Page.PageError += (_, error) => opened.Complaints.Enqueue(error);
        await opened.Page.GotoAsync(url.AbsoluteUri);
        if (hasScripts)
        {
            await opened.LiveAsync();
        }

        return opened;
    }

    /// <summary>Waits until the page follows the service.</summary>
    public Task LiveAsync() => Page.Locator("[data-live=yes]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    public ValueTask DisposeAsync() => new(_context.CloseAsync());
}
