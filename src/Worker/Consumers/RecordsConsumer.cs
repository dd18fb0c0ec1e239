using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Storage.Sqlite;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Answers questions about recorded predictions and their accuracy.</summary>
internal sealed partial class RecordsConsumer(RequestRules rules, IServiceProvider services, ILogger<RecordsConsumer> logger)
    : IConsumer<PredictionHistoryRequested>, IConsumer<PredictionAccuracyRequested>
{
    private static readonly RequestRefused NoDatabase = new(
        RefusalReason.RecordsUnavailable, "this service records no predictions: it has no database");
    private static readonly RequestRefused DatabaseUnavailable = new(
        RefusalReason.RecordsUnavailable, "the database of predictions does not answer; try again shortly");

    public Task Consume(ConsumeContext<PredictionHistoryRequested> context) =>
        AnswerAsync(context, rules.Check(context.Message), (reader, query) => reader.HistoryAsync(query, context.CancellationToken));

    public Task Consume(ConsumeContext<PredictionAccuracyRequested> context) =>
        AnswerAsync(context, rules.Check(context.Message), (reader, query) => reader.AccuracyAsync(query, context.CancellationToken));

    private async Task AnswerAsync<TQuery, TAnswer>(ConsumeContext context, Result<TQuery> query, Func<RecordReader, TQuery, Task<TAnswer>> read)
        where TQuery : class
        where TAnswer : class
    {
        var result = query.IsRefused ? query.Refusal : await ReadAsync(query.Answer, read);
        await (result.IsRefused ? context.ReplyAsync(result.Refusal) : context.ReplyAsync(result.Answer));
    }

    private async Task<Result<TAnswer>> ReadAsync<TQuery, TAnswer>(TQuery query, Func<RecordReader, TQuery, Task<TAnswer>> read) where TAnswer : class
    {
        if (services.GetService<RecordReader>() is not { } reader)
        {
            return NoDatabase;
        }

        try
        {
            return await read(reader, query);
        }
        catch (InvalidMarketDataException fault)
        {
            return new RequestRefused(RefusalReason.PricesRejected, fault.Message);
        }
        catch (RecordsFileException failure)
        {
            return new RequestRefused(RefusalReason.RecordsUnavailable, failure.Message);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            LogUnavailable(failure);
            return DatabaseUnavailable;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Recorded predictions could not be read")]
    private partial void LogUnavailable(Exception exception);
}

internal sealed class RecordsConsumerDefinition : InteractiveConsumerDefinition<RecordsConsumer>
{
    public RecordsConsumerDefinition() => EndpointName = Endpoints.Records;
}
