using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>Writes closed bars, and invalidates the symbol's cached answers.</summary>
internal sealed partial class PriceBarConsumer(
    RequestRules rules,
    PriceWriter writer,
    SeriesChecks checks,
    DatabaseWrites writes,
    IResultCache cache,
    TimeProvider time,
    Replies replies,
    ILogger<PriceBarConsumer> logger)
    : IConsumer<PriceBarClosed>
{
    public async Task Consume(ConsumeContext<PriceBarClosed> context)
    {
        var message = context.Message;
        if (Check(message, out var symbol, out var bar) is { } refusal)
        {
            await RefuseAsync(context, refusal);
            return;
        }

        WrittenBars written;
        try
        {
            (var unstorable, written) = await writes.RunAsync(
                Endpoints.PriceBars,
                () => WriteAsync(symbol, bar, BarVersion.Of(context, time), Author(context), context.CancellationToken),
                context.CancellationToken);
            if (unstorable is { } fault)
            {
                await RefuseAsync(context, Invalid(Described(symbol, bar, fault)));
                return;
            }
        }
        catch (InvalidMarketDataException fault)
        {
            await RefuseAsync(context, new RequestRefused(RefusalReason.PricesRejected, fault.Message));
            return;
        }
        catch (PostgresException fault) when (DatabaseFaults.IsRefusal(fault))
        {
            await RefuseAsync(context, Invalid($"the database does not take the bar of {symbol} of {bar.Day:O}: {fault.MessageText}"));
            return;
        }

        // Also where no row changed: the worker that wrote the bar may have died before it invalidated the cache.
        await cache.InvalidateAsync(symbol, context.CancellationToken);
        LogWritten(symbol, bar.Day, written switch
        {
            { Inserted: > 0 } => "inserted",
            { Updated: > 0 } => "updated",
            { Older: > 0 } => "older than the stored bar",
            _ => "unchanged",
        });
    }

    private async Task<(BarFault? Unstorable, WrittenBars Written)> WriteAsync(
        string symbol,
        Bar bar,
        DateTimeOffset version,
        BarAuthor author,
        CancellationToken cancellationToken)
    {
        var bars = new[] { bar };
        return await writer.CheckAsync(bars, cancellationToken) is { } unstorable
            ? (unstorable.Fault, default)
            : (null, await writer.WriteAsync(symbol, bars, version, author, cancellationToken));
    }

    private RequestRefused? Check(PriceBarClosed message, out string symbol, out Bar bar)
    {
        bar = new Bar(message.Day, message.Open, message.High, message.Low, message.Close, message.Volume) { MarketCap = message.MarketCap ?? 0 };
        return rules.Check(message, out symbol)
            ?? (BarRules.Check(bar) is { } fault ? Invalid(Described(symbol, bar, fault)) : null)
            ?? (message.Correction is null && checks.Stray(symbol, bar) is { } stray ? new(RefusalReason.PricesRejected, stray) : null);
    }

    private static BarAuthor Author(ConsumeContext<PriceBarClosed> context) => new(CallerHeader.Of(context), context.Message.Correction);

    private static string Described(string symbol, in Bar bar, BarFault fault) =>
        FormattableString.Invariant($"{fault.Column} of {symbol} of {bar.Day:O} is {fault.Actual:R}: expected {fault.Expected}");

    private Task RefuseAsync(ConsumeContext context, RequestRefused refusal)
    {
        LogRefused(refusal.Reason, refusal.Detail);
        return replies.RefuseAsync(context, refusal);
    }

    private static RequestRefused Invalid(string detail) => new(RefusalReason.InvalidRequest, detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Bar of {Symbol} of {Day:O}: {Result}")]
    private partial void LogWritten(string symbol, DateOnly day, string result);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a bar: {Reason}, {Detail}")]
    private partial void LogRefused(RefusalReason reason, string detail);
}

internal sealed class PriceBarConsumerDefinition : DatabaseConsumerDefinition<PriceBarConsumer>
{
    public PriceBarConsumerDefinition() : base(Endpoints.PriceBars)
    {
    }
}
