using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coinsphere.Messaging.Client.Bus;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Limits;
using Coinsphere.Messaging.Gateway.Requests;

namespace Coinsphere.Messaging.Gateway.Answers;

/// <summary>Asks the questions of a batch, and writes their results as one body.</summary>
internal static class BatchClient
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<Result<AnswerBody>> ReadAsync(
        HttpContext http,
        IReadOnlyList<string?>? symbols,
        RequestDeadline deadline,
        Func<string, RequestDeadline, Task<Result<AnswerBody>>> ask)
    {
        // Before any item is looked up. What workers compute of them is counted by item.
        var rates = http.RequestServices.GetRequiredService<RateLimits>();
        if (RequestRules.Batch(symbols?.Count ?? 0) is null && rates.Take(http.Caller(), symbols!.Count * Costs.Hit) is { } tooMuch)
        {
            return tooMuch;
        }

        var results = await BatchFanOut.AskAsync(
            symbols, deadline.Budget, (symbol, isAskedAgain) => ask(symbol, deadline with { IsAskedAgain = isAskedAgain }));
        if (results.IsRefused)
        {
            return results.Refusal;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Writing);
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        foreach (var (symbol, result) in results.Answer)
        {
            Write(writer, symbol, result);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();

        var fromCache = results.Answer.All(item => item.Result is { IsRefused: false, Answer.FromCache: true });
        return new AnswerBody(buffer.WrittenMemory, fromCache);
    }

    private static void Write(Utf8JsonWriter writer, string symbol, Result<AnswerBody> result)
    {
        writer.WriteStartObject();
        writer.WriteString("symbol", symbol);
        if (result.IsRefused)
        {
            writer.WritePropertyName("refusal");
            JsonSerializer.Serialize(writer, result.Refusal, ContractsJson.Body.RequestRefused);
        }
        else
        {
            writer.WritePropertyName("answer");
            writer.WriteRawValue(result.Answer.Utf8.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
