using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Consumers;
using Coinsphere.Messaging.Worker.Models;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Worker.Tests;

/// <summary>
/// The worker as its host registers it, on the test harness's bus in memory. It is noon of 2025-03-01 UTC, after the last day of every golden.
/// </summary>
internal sealed class TestWorker : IAsyncDisposable
{
    public const string Now = "2025-03-01T12:00:00Z";

    private readonly IHost _host;

    private TestWorker(TestFolder folder, IHost host, FakeUtcNow time)
    {
        Folder = folder;
        _host = host;
        Time = time;
    }

    public TestFolder Folder { get; }

    public FakeUtcNow Time { get; }

    public BusRecorder Bus { get; } = new();

    public IServiceProvider Services => _host.Services;

    public IResultCache Cache => Services.GetRequiredService<IResultCache>();

    public static Task<TestWorker> StartAsync(TestFolder folder, params string[] settings) => StartAsync(folder, _ => { }, settings);

    public static async Task<TestWorker> StartAsync(TestFolder folder, Action<IServiceCollection> replace, params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var pairs = settings.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));
        builder.Configuration.AddInMemoryCollection([
            new("Symbols:Supported", string.Join(',', [.. Golden.Names, "BTC", "MATIC"])),
            new("Prices:Folder", folder.Prices),
            new("Models:Folder", folder.Models),
            new("Prices:MaxAge", ""),
            new("Schedule:Every", ""),
        ]);
        builder.Configuration.AddInMemoryCollection(pairs);
        var time = new FakeUtcNow(Now);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddResultCacheInMemory(builder.Configuration);
        builder.AddWorker();
        replace(builder.Services);
        builder.Services.AddMassTransitTestHarness(bus => bus.RegisterWorker());
        var worker = new TestWorker(folder, builder.Build(), time);
        var bus = worker._host.Services.GetRequiredService<IBusControl>();
        bus.ConnectPublishObserver(worker.Bus);
        bus.ConnectSendObserver(worker.Bus);
        bus.ConnectConsumeObserver(worker.Bus);
        worker.Bus.Told = () => worker.Services.GetService<CompletionPublisher>()?.DrainAsync() ?? Task.CompletedTask;
        await worker._host.StartAsync(TestContext.Current.CancellationToken);
        return worker;
    }

    public Task<Result<PredictionAnswer>> AskAsync(PredictRequested request) => AskAsync<PredictRequested, PredictionAnswer>(Endpoints.Predict, request);

    public Task<Result<EnsembleAnswer>> AskAsync(EnsemblePredictRequested request) =>
        AskAsync<EnsemblePredictRequested, EnsembleAnswer>(Endpoints.PredictEnsemble, request);

    public Task<Result<RiskAnswer>> AskAsync(RiskRequested request) => AskAsync<RiskRequested, RiskAnswer>(Endpoints.Risk, request);

    public Task<Result<PortfolioRiskAnswer>> AskAsync(PortfolioRiskRequested request) =>
        AskAsync<PortfolioRiskRequested, PortfolioRiskAnswer>(Endpoints.PortfolioRisk, request);

    public Task<Result<ModelsDescribed>> AskAsync(ModelsRequested request) => AskAsync<ModelsRequested, ModelsDescribed>(Endpoints.Models, request);

    public Task<Result<PriceBars>> AskAsync(PriceBarsRequested request) => AskAsync<PriceBarsRequested, PriceBars>(Endpoints.Prices, request);

    public async Task<PredictionAnswer> PredictAsync(string symbol, string timeframe = "7d", string? asOf = null)
    {
        var outcome = await AskAsync(new PredictRequested(symbol, timeframe) { AsOf = asOf });
        Assert.Null(outcome.Refusal);
        return outcome.Answer!;
    }

    public async Task<ModelInfo> DescribeAsync(string symbol) => (await AskAsync(new ModelsRequested([symbol]))).Answer!.Models.Single();

    /// <summary>The body stored for a question, or null.</summary>
    public async Task<string?> StoredAsync(CacheKey key) =>
        await Cache.ReadAsync(key, TestContext.Current.CancellationToken) is { } body ? Encoding.UTF8.GetString(body.Span) : null;

    /// <summary>Refreshes the models from the folder now, rather than soon.</summary>
    public Task RefreshAsync() => Services.GetRequiredService<ModelStore>().RefreshAsync(TestContext.Current.CancellationToken);

    /// <summary>Sends without waiting for a reply.</summary>
    public async Task SendAsync<T>(string endpoint, T message) where T : class
    {
        var address = await Services.GetRequiredService<IBus>().GetSendEndpoint(Endpoints.Address(endpoint));
        await address.Send(message, TestContext.Current.CancellationToken);
    }

    public Task PublishAsync<T>(T message) where T : class => Services.GetRequiredService<IBus>().Publish(message, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        Folder.Dispose();
    }

    public async Task<Result<TAnswer>> AskAsync<TRequest, TAnswer>(string endpoint, TRequest request)
        where TRequest : class
        where TAnswer : class
    {
        var clients = Services.GetRequiredService<IBus>().CreateClientFactory();
        var client = clients.CreateRequestClient<TRequest>(Endpoints.Address(endpoint));
        var response = await client.GetResponse<TAnswer, RequestRefused>(request, TestContext.Current.CancellationToken);
        return response.Is(out Response<TAnswer>? answer) ? answer.Message : (RequestRefused)response.Message;
    }
}
