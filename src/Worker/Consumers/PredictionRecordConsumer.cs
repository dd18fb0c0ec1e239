using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Records every computed prediction.</summary>
internal sealed partial class PredictionRecordConsumer(
    IPredictionRecords records,
    ILogger<PredictionRecordConsumer> logger) : IConsumer<PredictionCompleted>
{
    public async Task Consume(ConsumeContext<PredictionCompleted> context)
    {
        var answer = context.Message.Answer;
        var isInMemory = context.ReceiveContext.InputAddress.Scheme == "loopback";
        if (await records.AddAsync(answer, context.TryGetPayload<TriedBefore>(out _), isInMemory, context.CancellationToken))
        {
            LogRecorded(answer.PredictionId, answer.Symbol, answer.Timeframe);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Recorded prediction {PredictionId} of {Symbol} {Timeframe}")]
    private partial void LogRecorded(string predictionId, string symbol, string timeframe);
}

internal sealed class PredictionRecordConsumerDefinition : DatabaseConsumerDefinition<PredictionRecordConsumer>
{
    // As many as are committed in one transaction.
    public PredictionRecordConsumerDefinition() : base(Endpoints.PredictionRecords) => ConcurrentMessageLimit = PredictionRecords.MaxTogether;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<PredictionRecordConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        // Workers send records to this queue's own exchange. Published with the events, a full queue of records would reject the event for every
        // subscriber.
        endpointConfigurator.ConfigureConsumeTopology = false;
        base.ConfigureConsumer(endpointConfigurator, consumerConfigurator, context);
    }
}
