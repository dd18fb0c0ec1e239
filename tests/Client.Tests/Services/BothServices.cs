using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker;
using MassTransit;

[assembly: AssemblyFixture(typeof(Coinsphere.Messaging.Client.Tests.Services.BothServices))]

namespace Coinsphere.Messaging.Client.Tests.Services;

/// <summary>The ways to the service.</summary>
public enum Over
{
    Http,
    Bus,
}

/// <summary>One service reached over HTTP and one reached over a bus, on the same scenario: whatever holds, holds for both.</summary>
public sealed class BothServices : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Scenario _scenario = new();
    private RunningProgram? _standalone;
    private ServiceProvider? _http;
    private IHost? _bus;

    public Uri Url { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            // Nobody disposes a fixture that did not start, and its process would outlive the tests.
            await DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync()
    {
        _standalone = RunningProgram.Start(
            "Standalone", ["--urls=http://127.0.0.1:0", .. _scenario.Settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(_scenario.Settings);
        builder.AddWorker();
        builder.Services.AddInMemoryBus(bus => bus.RegisterWorker());
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddPredictionBusClient();
        _bus = builder.Build();
        await _bus.StartAsync();

        Url = await _standalone.ListeningAsync();
        using (var http = new HttpClient { BaseAddress = Url })
        {
            await Until.True(
                async () => (await http.GetAsync("/health/ready")).IsSuccessStatusCode, () => $"the service is ready:\n{_standalone.Output}", StartLimit);
        }

        _http = new ServiceCollection().Also(services => services.AddPredictionClient(options => options.Url = Url)).BuildServiceProvider();
    }

    /// <summary>A client as its users get it.</summary>
    public IPredictionClient Client(Over over) => over switch
    {
        Over.Http => _http!.GetRequiredService<IPredictionClient>(),
        _ => _bus!.Services.GetRequiredService<IPredictionClient>(),
    };

    public async ValueTask DisposeAsync()
    {
        if (_standalone is not null)
        {
            await _standalone.DisposeAsync();
        }

        if (_bus is not null)
        {
            await _bus.StopAsync();
        }

        _bus?.Dispose();
        if (_http is not null)
        {
            await _http.DisposeAsync();
        }

        _scenario.Dispose();
    }
}

internal static class ServiceCollectionTestExtensions
{
    public static IServiceCollection Also(this IServiceCollection services, Action<IServiceCollection> add)
    {
        add(services);
        return services;
    }
}
