using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;
using MassTransit.Serialization;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>
/// Asks the gateway's own first question until a worker has answered it; before that the gateway is not ready. A first question compiles the code of
/// all later ones, declares the endpoint and opens the channels, which takes a good part of a second, and proves that a worker can be reached. A
/// worker refuses this question by its timeframe, so nothing is computed, recorded or published.
/// </summary>
internal sealed partial class OwnQuestion(
    IServiceProvider services, IBusControl bus, IHostApplicationLifetime lifetime, LoadedModels models, TimeProvider time,
    ILogger<OwnQuestion> logger) : BackgroundService
{
    /// <summary>Marks a request that no caller made, in the items of its context.</summary>
    public static readonly object Mark = new();

    private static readonly Uri Predict = Endpoints.Address(Endpoints.Predict);

    // A worker that starts meanwhile finds the question in its queue.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForStartAsync(lifetime, stoppingToken);
        await CompileAsync();
        // Created only here: before the settings are validated, a client would open a connection with them.
        var workers = services.GetRequiredService<WorkerClient>();
        while (!await IsAnsweredAsync(workers, stoppingToken))
        {
            await Task.Delay(Pause, time, stoppingToken);
        }

        models.Answered();
    }

    // Compiles the code before and after the bus, with a refused request and an invented answer.
    private async Task CompileAsync()
    {
        var received = JsonSerializer.SerializeToUtf8Bytes(Examples.Prediction, SystemTextJsonMessageSerializer.Options);
        var answer = JsonSerializer.Deserialize<PredictionAnswer>(received, SystemTextJsonMessageSerializer.Options)!;
        JsonSerializer.SerializeToUtf8Bytes(answer, ContractsJson.Body.PredictionAnswer);

        await using var scope = services.CreateAsyncScope();
        var predict = services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Single(endpoint => endpoint.RoutePattern.RawText == "/predict");
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Items[Mark] = true;
        http.Request.Method = HttpMethods.Post;
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(
            JsonSerializer.SerializeToUtf8Bytes(new PredictBody("BTC", Timeframes.OwnQuestion), BodiesJson.Default.PredictBody));
        await predict.RequestDelegate!(http);
    }

    private async Task<bool> IsAnsweredAsync(WorkerClient workers, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        var deadline = new RequestDeadline(now + Timeout, Timeout);
        var question = new PredictRequested("BTC", Timeframes.OwnQuestion) { Deadline = deadline.At, DeadlineMs = deadline.LeftMs(time) };
        try
        {
            var result = await workers.AskAsync<PredictRequested, PredictionAnswer>(Predict, question, deadline, stoppingToken);
            return result.Refusal is not { Reason: RefusalReason.DeadlineExceeded or RefusalReason.BrokerUnavailable or RefusalReason.Overloaded };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotAsked(failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The gateway's own first question could not be asked")]
    private partial void LogNotAsked(Exception exception);
}
