using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client.Http;

/// <summary>The response to a question: the service's answer, its refusal, or something else.</summary>
/// <param name="Question">Method and address.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The whole body, not parsed.</param>
internal sealed record HttpReply(string Question, HttpStatusCode Status, byte[] Body)
{
    private const int ShownCharacters = 200;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as an answer.</summary>
    /// <exception cref="PredictionServiceException">It is not an answer.</exception>
    public T Read<T>(JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw Broken("no answer");
        }
        catch (JsonException wrong)
        {
            throw Broken($"no {type.Type.Name.Split('`')[0]} ({wrong.Message})", wrong);
        }
    }

    /// <summary>The body as a batch of that many results.</summary>
    /// <exception cref="PredictionServiceException">It is not such a batch.</exception>
    public BatchAnswer<T> ReadBatch<T>(JsonTypeInfo<BatchAnswer<T>> type, int items) where T : class
    {
        var batch = Read(type);
        if (batch.Results.Count != items)
        {
            throw Broken($"{batch.Results.Count} outcomes for {items} symbols");
        }

        if (batch.Results.FirstOrDefault(item => item is null || item.Answer is null == item.Refusal is null) is { } neither)
        {
            throw Broken($"neither one answer nor one refusal for {neither.Symbol}");
        }

        return batch;
    }

    /// <summary>The body as a refusal.</summary>
    /// <exception cref="PredictionServiceException">It is not a refusal: a proxy or another service wrote it.</exception>
    public RequestRefused ReadRefusal()
    {
        try
        {
            return JsonSerializer.Deserialize(Body, ClientJson.Default.RequestRefused) ?? throw Broken("no refusal");
        }
        catch (JsonException wrong)
        {
            throw Broken("no refusal of this service", wrong);
        }
    }

    /// <summary>The exception that says what came instead of an answer.</summary>
    public PredictionServiceException Broken(string what, Exception? cause = null) =>
        new($"{Question} got status {(int)Status} and {what}: {Shown()}", Status, cause);

    private string Shown()
    {
        if (Body.Length == 0)
        {
            return "the body is empty";
        }

        return $"the body starts with {CallerText.Quoted(Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, ShownCharacters))), ShownCharacters)}";
    }
}
