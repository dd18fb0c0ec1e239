using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Problems;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Describes endpoints in the OpenAPI document: the answer, examples, and every possible refusal, by the table that also serves it.</summary>
internal static class EndpointDescriptions
{
    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions WithoutNulls = new(Written) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint,
        string tag,
        string name,
        string summary,
        IReadOnlyList<RefusalReason> refusals)
    {
        endpoint.WithTags(tag).WithName(name).WithSummary(summary).WithMetadata(new PossibleRefusals(refusals));
        foreach (var status in refusals.Select(RefusalStatus.Of).Distinct())
        {
            endpoint.Produces<ProblemBody>(status, "application/problem+json");
        }

        return endpoint;
    }

    /// <summary>Adds an example of the answer, and of the request where it has a body.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, T answer, object? request = null)
        where T : class =>
        endpoint.Produces<T>().WithMetadata(new EndpointExamples(Request(request), Text(answer, Written)));

    /// <summary>Adds that the answer has an item for each symbol, with an answer or a refusal.</summary>
    public static RouteHandlerBuilder AnswersBatch<T>(this RouteHandlerBuilder endpoint, BatchAnswer<T> answer, object request)
        where T : class =>
        endpoint.Produces<BatchAnswer<T>>().WithMetadata(new EndpointExamples(Request(request), Text(answer, WithoutNulls)));

    /// <summary>Adds that the answer is in camelCase.</summary>
    public static RouteHandlerBuilder AnswersInCamelCase<T>(this RouteHandlerBuilder endpoint, T answer)
        where T : class
    {
        var body = new AnswerBody(JsonSerializer.SerializeToUtf8Bytes(answer, Written), FromCache: false);
        return endpoint.Produces<object>().WithMetadata(new EndpointExamples(null, Encoding.UTF8.GetString(CamelCase.Of(body).Answer!.Utf8.Span)));
    }

    private static string? Request(object? body) => body is null ? null : Text(body, WithoutNulls);

    private static string Text(object body, JsonSerializerOptions options) => JsonSerializer.Serialize(body, body.GetType(), options);
}

/// <summary>The refusals that an endpoint may return.</summary>
internal sealed record PossibleRefusals(IReadOnlyList<RefusalReason> Reasons);

/// <summary>A request to an endpoint and its answer, as JSON.</summary>
internal sealed record EndpointExamples(string? Request, string Answer);
