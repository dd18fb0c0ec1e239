using System.Collections.Concurrent;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Integration.Tests.Answering;

/// <summary>A worker with everything it has but the broker: its bus is in memory, so that a test decides which worker gets which request.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private WorkerProcess(IHost host, ConcurrentQueue<PredictionAnswer> completed) => (_host, Completed) = (host, completed);

    /// <summary>What the worker told the world.</summary>
    public ConcurrentQueue<PredictionAnswer> Completed { get; }

    public static async Task<WorkerProcess> StartAsync(int redisPort, string prefix, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:Host"] = "127.0.0.1",
            ["Redis:Port"] = redisPort.ToString(CultureInfo.InvariantCulture),
            ["Redis:Prefix"] = prefix,
            // Busy machines may take longer for a call than a service would wait.
            ["Redis:Timeout"] = "00:00:02",
            ["Prices:AllowSynthetic"] = "true",
            ["Models:Folder"] = Repository.Checkpoints,
            ["Schedule:Every"] = "",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddWorker();
        var completed = new ConcurrentQueue<PredictionAnswer>();
        builder.Services.AddInMemoryBus(bus =>
        {
            bus.RegisterWorker();
            bus.AddHandler((PredictionCompleted done) =>
            {
                completed.Enqueue(done.Answer);
                return Task.CompletedTask;
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        await Until.True(() => host.Services.GetRequiredService<RedisConnection>().IsAvailable);
        return new WorkerProcess(host, completed);
    }

    public async Task<PredictionAnswer> PredictAsync(string symbol, string timeframe = "7d")
    {
        var client = _host.Services.GetRequiredService<IBus>().CreateRequestClient<PredictRequested>(Endpoints.Address(Endpoints.Predict));
        var request = new PredictRequested(symbol, timeframe) { Deadline = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(30) };
        var response = await client.GetResponse<PredictionAnswer, RequestRefused>(request);
        return response.Is(out Response<RequestRefused>? refused)
            ? throw new InvalidOperationException($"{refused.Message.Reason}: {refused.Message.Detail}")
            : ((PredictionAnswer)response.Message);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
