using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Dashboard.Data;
using Microsoft.AspNetCore.Components;

namespace Coinsphere.Messaging.Dashboard.Components;

/// <summary>A part of a page that shows the board, and follows it as long as the page is open.</summary>
public abstract class BoardComponent : ComponentBase, IDisposable
{
    private IDisposable? _watch;

    [Inject] private IServiceProvider Services { get; set; } = null!;

    /// <summary>The clock.</summary>
    [Inject] protected TimeProvider Time { get; set; } = null!;

    /// <summary>The board, as last shown.</summary>
    private protected Board Board { get; private set; } = Board.Empty;

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var markets = Services.GetRequiredService<MarketBoard>();
        Board = await markets.GetAsync(CancellationToken.None);
        if (RendererInfo.IsInteractive)
        {
            _watch = markets.Watch(() => _ = InvokeAsync(async () =>
            {
                Board = markets.Current;
                await ChangedAsync();
                StateHasChanged();
            }));
        }
    }

    /// <summary>The board is another one, before it is shown.</summary>
    protected virtual Task ChangedAsync() => Task.CompletedTask;

    /// <summary>Waits for a report, and says why there is none to show. A report that was shown stays when the service does not answer.</summary>
    private protected async Task<(T? Report, string? Failure)> LoadAsync<T>(Task<T> asked, T? shown)
        where T : class
    {
        try
        {
            // The static page is not held up: what comes later is put into the live one.
            return (RendererInfo.IsInteractive ? await asked : await asked.WaitAsync(MarketBoard.FirstLimit, Time), null);
        }
        catch (TimeoutException)
        {
            return (null, null);
        }
        catch (PredictionServiceException failure)
        {
            return (shown, shown is null ? $"The service does not answer: {failure.Message}" : null);
        }
    }
}
