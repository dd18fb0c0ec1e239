using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Requests;

namespace Coinsphere.Messaging.Gateway.Answers;

/// <summary>
/// Asks one question for each distinct symbol of a batch, and collects one result per item, in input order. A refused item does not affect the
/// others.
/// </summary>
/// <remarks>An item without a result after a third of the time is asked once more: its worker may hang, or the broker may have lost it.</remarks>
internal static class BatchClient
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task<Result<AnswerBody>> ReadAsync(
        IReadOnlyList<string?>? symbols,
        Deadline deadline,
        Func<string, Deadline, Task<Result<AnswerBody>>> ask)
    {
        if (RequestRules.Batch(symbols?.Count ?? 0) is { } wrongSize)
        {
            return wrongSize;
        }

        var asked = symbols!.Select(RequestRules.Label).Distinct(StringComparer.Ordinal)
            .ToDictionary(label => label, label => AskAsync(label, deadline, ask), StringComparer.Ordinal);
        await Task.WhenAll(asked.Values);

        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, Writing);
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        foreach (var label in symbols!.Select(RequestRules.Label))
        {
            Write(writer, label, await asked[label]);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();

        var fromCache = asked.Values.All(task => task.Result is { IsRefused: false, Answer.FromCache: true });
        return new AnswerBody(buffer.WrittenMemory, fromCache);
    }

    private static async Task<Result<AnswerBody>> AskAsync(string label, Deadline deadline, Func<string, Deadline, Task<Result<AnswerBody>>> ask)
    {
        var first = ask(label, deadline);
        await ((Task)first).WaitAsync(deadline.Budget / 3).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first.IsCompleted ? await first : await await Task.WhenAny(first, ask(label, deadline with { IsAskedAgain = true }));
    }

    private static void Write(Utf8JsonWriter writer, string label, Result<AnswerBody> result)
    {
        writer.WriteStartObject();
        writer.WriteString("symbol", label);
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
