using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Tests;

/// <summary>A worker as its host registers it, with a database or a file, on the test harness's bus in memory. It is noon of 2024-07-01 UTC.</summary>
internal sealed class DatabaseWorker : IAsyncDisposable
{
    private readonly IHost _host;

    private DatabaseWorker(IHost host, FakeUtcNow time) => (_host, Time) = (host, time);

    public FakeUtcNow Time { get; }

    public IServiceProvider Services => _host.Services;

    public IResultCache Cache => Services.GetRequiredService<IResultCache>();

    public ITestHarness Harness => Services.GetRequiredService<ITestHarness>();

    /// <summary>Started, with its tables made.</summary>
    public static async Task<DatabaseWorker> StartAsync(IRecordsStore store, params string[] settings)
    {
        var worker = await StartWithoutTablesAsync(store, settings);
        if (worker.Services.GetService<IRecordsDatabase>() is { } records)
        {
            await records.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        }

        return worker;
    }

    /// <summary>Started, whatever the database or the file is.</summary>
    public static async Task<DatabaseWorker> StartWithoutTablesAsync(IRecordsStore store, params string[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var pairs = settings.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));
        builder.Configuration.AddInMemoryCollection([.. store.Settings, new("Models:Folder", Repository.Checkpoints), new("Schedule:Every", "")]);
        builder.Configuration.AddInMemoryCollection(pairs);
        var time = new FakeUtcNow("2024-07-01T12:00:00Z");
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddResultCacheInMemory(builder.Configuration);
        builder.AddWorker();
        builder.Services.AddMassTransitTestHarness(bus => bus.RegisterWorker());
        var worker = new DatabaseWorker(builder.Build(), time);
        await worker._host.StartAsync(TestContext.Current.CancellationToken);
        return worker;
    }

    public Task PublishAsync<T>(T message) where T : class => Harness.Bus.Publish(message, TestContext.Current.CancellationToken);

    /// <summary>Sends a prediction to where it is recorded.</summary>
    public Task RecordAsync(PredictionCompleted completed) => Harness.Bus.RecordAsync(completed);

    /// <summary>Publishes a request, or sends it to an endpoint, and returns the reply.</summary>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, string? endpoint = null)
        where TRequest : class
        where TResponse : class
    {
        var client = endpoint is null ? Harness.GetRequestClient<TRequest>() : Harness.Bus.CreateRequestClient<TRequest>(Endpoints.Address(endpoint));
        return (await client.GetResponse<TResponse>(request, TestContext.Current.CancellationToken)).Message;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
