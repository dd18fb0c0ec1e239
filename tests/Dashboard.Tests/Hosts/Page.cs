using Bunit;
using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Dashboard.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Dashboard.Tests.Hosts;

/// <summary>Pages that ask a stand-in service, as they are live in a browser.</summary>
internal sealed class Page : BunitContext
{
    // A busy machine needs longer than a second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private Page(StandInService service)
    {
        DefaultWaitTimeout = Patience;
        Service = service;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddSingleton<MarketBoard>();
        Services.AddSingleton<SymbolReports>();
        Services.AddSingleton<AlertReports>();
        Services.AddSingleton(new ServicePlace(IsThisProcess: false));
        Services.AddSingleton<IHostApplicationLifetime, NoLifetime>();
        Services.AddPredictionClient(options => options.Url = service.Url);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public StandInService Service { get; }

    public FakeTimeProvider Time { get; } = new(Answers.Now);

    public static async Task<Page> OpenAsync() => new(await StandInService.StartAsync());

    /// <summary>Shows a page at an address, once the service has answered.</summary>
    public async Task<IRenderedComponent<T>> ShowAsync<T>(string address = "", Action<ComponentParameterCollectionBuilder<T>>? parameters = null)
        where T : IComponent
    {
        await Services.GetRequiredService<MarketBoard>().GetAsync(Xunit.TestContext.Current.CancellationToken);
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render(parameters ?? (_ => { }));
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await Service.DisposeAsync();
    }

    private sealed class NoLifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
