namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>HEAD is answered wherever GET is, with the same status and headers and without the body. Some load balancers and monitors probe with it.</summary>
internal static class HeadRequests
{
    private static readonly object Mark = new();

    public static void UseHeadAsGet(this IApplicationBuilder app) => app.Use((http, next) =>
        HttpMethods.IsHead(http.Request.Method) ? AsGetAsync(http, next) : next(http));

    /// <summary>Whether the caller wants no body, of which a handler that never ends has to know.</summary>
    public static bool IsWithoutBody(this HttpContext http) => http.Items.ContainsKey(Mark);

    private static async Task AsGetAsync(HttpContext http, RequestDelegate next)
    {
        var body = http.Response.Body;
        http.Request.Method = HttpMethods.Get;
        http.Items[Mark] = null;
        http.Response.Body = Stream.Null;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
            http.Response.Body = body;
        }
    }
}
