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
}
