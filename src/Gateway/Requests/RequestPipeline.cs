using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>The steps of every request: read the deadline, read the body, ask, and turn the result into a response.</summary>
internal static class RequestPipeline
{
    public static async Task<Results<AnswerBody, Problem>> AnswerAsync<TBody>(
        this HttpRequest http, JsonTypeInfo<TBody> type, TimeSpan budget, Func<TBody, RequestDeadline, Task<Result<AnswerBody>>> ask) where TBody : class
    {
        if (RequestBody.Unsupported(http) is { } unsupported)
        {
            return unsupported;
        }

        if (IgnoredFields.CheckQueryBesideBody(http, type) is { } misplaced)
        {
            return (Problem)misplaced;
        }

        var body = await RequestBody.ReadAsync(http, type);
        return body.IsRefused ? (Problem)body.Refusal : await http.AnswerAsync(budget, deadline => ask(body.Answer, deadline));
    }

    /// <summary>The same for a request without a body, whose fields are parameters of its query.</summary>
    public static async Task<Results<AnswerBody, Problem>> AnswerQueryAsync(
        this HttpRequest http, IReadOnlyCollection<string> parameters, TimeSpan budget, Func<RequestDeadline, Task<Result<AnswerBody>>> ask) =>
        IgnoredFields.CheckQuery(http, parameters) is { } misspelt ? (Problem)misspelt : await http.AnswerAsync(budget, ask);

    private static async Task<Results<AnswerBody, Problem>> AnswerAsync(
        this HttpRequest http, TimeSpan budget, Func<RequestDeadline, Task<Result<AnswerBody>>> ask)
    {
        if (RequestDeadline.Read(http, budget, out var deadline) is { } refusal)
        {
            return (Problem)refusal;
        }

        var result = await ask(deadline);
        return result.IsRefused ? (Problem)result.Refusal : result.Answer;
    }
}
