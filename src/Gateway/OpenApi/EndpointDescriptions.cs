using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Problems;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>Says of an endpoint what the OpenAPI document shows: its answer, its examples, and every refusal by the table that also serves it.</summary>
internal static class EndpointDescriptions
{
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string tag, string name, string summary, IReadOnlyList<RefusalReason> refusals)
    {
        endpoint.WithTags(tag).WithName(name).WithSummary(summary).WithMetadata(new PossibleRefusals(refusals));
        foreach (var status in refusals.Select(RefusalStatus.Of).Distinct())
            endpoint.Produces<ProblemBody>(status, "application/problem+json");
        return endpoint;
    }

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, string? request, string answer) =>
        endpoint.Produces<T>().WithMetadata(new EndpointExamples(request, answer));
}

/// <summary>The refusals an endpoint may answer with.</summary>
internal sealed record PossibleRefusals(IReadOnlyList<RefusalReason> Reasons);

/// <summary>A request to an endpoint and its answer, as JSON.</summary>
internal sealed record EndpointExamples(string? Request, string Answer);
