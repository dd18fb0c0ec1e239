using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

/// <summary>Every password that the repository holds is known as public.</summary>
public sealed partial class PublicPasswordsTests
{
    private const int SaltLength = 4;

    public static TheoryData<string, string> Users { get; } = UsersOfTheDefinitions();

    public static TheoryData<string> Defaults { get; } =
        [.. Password().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"))).Select(match => match.Groups[1].Value).Distinct()];

    [Theory]
    [MemberData(nameof(Users))]
    public void PasswordOfTheDefinitions_IsPublic(string user, string hash)
    {
        var password = $"{user}-development";
        var stored = Convert.FromBase64String(hash);
        // RabbitMQ's own: a salt, and the digest of salt and password.
        Assert.Equal(stored[SaltLength..], SHA256.HashData([.. stored[..SaltLength], .. Encoding.UTF8.GetBytes(password)]));
        Assert.True(PublicPasswords.Contains(password));
    }

    [Theory]
    [MemberData(nameof(Defaults))]
    public void DefaultOfTheContainers_IsPublic(string password) => Assert.True(PublicPasswords.Contains(password));

    [Theory]
    [InlineData("amqp://worker:worker-development@broker/coinsphere", "worker", true, false)]
    [InlineData("amqp://worker:s3cret%2Done@127.0.0.1/coinsphere", "worker", false, true)]
    [InlineData("amqp://broker", "guest", true, false)]
    [InlineData("amqp://guest:guest@[::1]", "guest", true, true)]
    public void LoginOfAUrl_HasItsUserAndPassword(string url, string user, bool isPublic, bool isLocal)
    {
        var login = MessageBus.Login(new Uri(url));

        Assert.Equal((user, isPublic, isLocal), (login.User, login.HasPublicPassword, login.IsLocal));
    }

    private static TheoryData<string, string> UsersOfTheDefinitions()
    {
        using var definitions = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "rabbitmq", "definitions.json")));
        var users = new TheoryData<string, string>();
        foreach (var user in definitions.RootElement.GetProperty("users").EnumerateArray())
        {
            users.Add(user.GetProperty("name").GetString()!, user.GetProperty("password_hash").GetString()!);
        }

        return users;
    }

    [GeneratedRegex(@"PASSWORD:-([^}]+)\}")]
    private static partial Regex Password();
}
