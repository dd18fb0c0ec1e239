using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Net.Http.Headers;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>
/// Where an address has a page and another endpoint, browsers get the page: they accept <c>text/html</c> by name. Programs get the other.
/// </summary>
internal sealed class BrowserPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    private static readonly MediaTypeHeaderValue Html = new("text/html");

    public override int Order => 1000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsPage) && !endpoints.All(IsPage);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var isBrowser = httpContext.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == Html.MediaType && type.Quality is null or > 0);
        var valid = Enumerable.Range(0, candidates.Count).Where(candidates.IsValidCandidate).ToLookup(i => IsPage(candidates[i].Endpoint));
        if (valid[true].Any() && valid[false].Any())
        {
            foreach (var i in valid[!isBrowser])
            {
                candidates.SetValidity(i, value: false);
            }
        }

        return Task.CompletedTask;
    }

    private static bool IsPage(Endpoint endpoint) => endpoint.Metadata.GetMetadata<DashboardPage>() is not null;
}
