// KestrelPeer PORT REDIS-PORT KEY: Kestrel without routing or middleware. Whatever is posted, the answer is the value of one Redis key: the least that an
// answer from the cache can cost here.
using StackExchange.Redis;

var (port, redisPort, key) = (args[0], args[1], args[2]);
var database = (await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redisPort}")).GetDatabase();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
await using var service = builder.Build();
service.Run(async http =>
{
    // As the specification's clients do, which send a body.
    await http.Request.Body.CopyToAsync(Stream.Null);
    byte[]? body = await database.StringGetAsync(key);
    http.Response.ContentType = "application/json";
    http.Response.ContentLength = body!.Length;
    await http.Response.BodyWriter.WriteAsync(body);
});
await service.RunAsync();
