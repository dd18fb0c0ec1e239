using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Takes the events of a worker in the same process, where no broker has a log of them.</summary>
internal sealed class LocalEventsConsumer(EventHub hub) : IConsumer<PredictionCompleted>, IConsumer<RiskScored>, IConsumer<AlertRaised>
{
    public Task Consume(ConsumeContext<PredictionCompleted> context)
    {
        var answer = context.Message.Answer;
        return Append(
            context, StreamChannel.Predictions, answer.Symbol, answer.Timeframe, answer.PredictionId, answer.GeneratedAt, answer,
            ContractsJson.Body.PredictionAnswer);
    }

    public Task Consume(ConsumeContext<RiskScored> context)
    {
        var answer = context.Message.Answer;
        return Append(context, StreamChannel.Risk, answer.Symbol, null, null, answer.AnalyzedAt, answer, ContractsJson.Body.RiskAnswer);
    }

    public Task Consume(ConsumeContext<AlertRaised> context)
    {
        var alert = context.Message.Alert;
        return Append(context, StreamChannel.Alerts, alert.Symbol, null, alert.Id, alert.RaisedAt, alert, ContractsJson.Body.Alert);
    }

    private Task Append<T>(
        ConsumeContext context, StreamChannel channel, string symbol, string? timeframe, string? messageId, DateTimeOffset computedAt, T answer,
        JsonTypeInfo<T> type)
    {
        // Answers for a past day are no news.
        if (!context.Headers.TryGetHeader(Endpoints.AsOfHeader, out _))
        {
            var data = JsonSerializer.SerializeToUtf8Bytes(answer, type);
            hub.AppendNext(offset => new StreamEvent(channel, symbol, timeframe, StreamEventId.Of(offset, data), messageId, computedAt, data));
        }

        return Task.CompletedTask;
    }
}
